"""What a node of Zarr may be called."""

from __future__ import annotations

import unicodedata

from omezarr_tui.store.documents import DOCUMENTS
from omezarr_tui.store.remembered import ZMETADATA


def why_no_name(name: str) -> str | None:
    """Why a node cannot be called so; None where it can (Zarr v3 core, "Node names").

    Beside what Zarr forbids, names that file systems or terminals do not take well are none.
    """
    if not name:
        return "a name has at least one character"
    if "/" in name or "\\" in name:
        return "a slash parts names from one another"
    if not name.strip("."):
        return "a name is more than dots"
    if name.startswith("__"):
        return "names that begin with two underscores are kept for Zarr itself"
    if name in (*DOCUMENTS, ZMETADATA):
        return "so a document of Zarr is called"
    if name != name.strip():
        return "a blank stands at its beginning or end"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in name):
        return "a character in it cannot be seen"
    if len(name.encode("utf-8", "replace")) > 255:
        return "it is longer than 255 bytes, the most that file systems take"
    return None
