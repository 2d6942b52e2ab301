"""A group against what lies around it: which rules speak of which group."""

from __future__ import annotations

from collections.abc import Iterator

from omezarr_tui.ome.validate.finding import Finding
from omezarr_tui.ome.validate.here import Here
from omezarr_tui.ome.validate.hierarchy_collection import layout_findings, scene_findings
from omezarr_tui.ome.validate.hierarchy_image import image_findings
from omezarr_tui.ome.validate.hierarchy_label import label_findings, list_findings
from omezarr_tui.ome.validate.hierarchy_plate import plate_findings, well_findings
from omezarr_tui.ome.validate.rules import version_key


def hierarchy_findings(here: Here) -> Iterator[Finding]:
    """Judge what a group's metadata say of other nodes.

    Parameters
    ----------
    here
        A group of which OME-Zarr speaks.
    """
    yield from _version(here)
    ome = here.ome
    if "multiscales" in ome:
        yield from image_findings(here)
        yield from label_findings(here)
    if "plate" in ome:
        yield from plate_findings(here)
    if "well" in ome:
        yield from well_findings(here)
    if "bioformats2raw.layout" in ome:
        yield from layout_findings(here)
    if "scene" in ome:
        yield from scene_findings(here)
    yield from list_findings(here)


def _version(here: Here) -> Iterator[Finding]:
    """Versions from group to group.

    "The OME-Zarr Metadata version MUST be consistent within a hierarchy." (0.5)
    """
    declared, above = here.declared, here.inherited
    if not declared or not above or declared == above:
        return
    since_05 = max(version_key(declared), version_key(above)) >= (0, 5)
    yield here.finding(
        "version.consistent",
        "error" if since_05 else "advice",
        here.pointer("version") if isinstance(here.group.attributes.get("ome"), dict) else "",
        f"It is OME-Zarr {declared}, the group above it {above}.",
        "All groups of a hierarchy are of one version of OME-Zarr.",
        "OME-Zarr Metadata",
    )
