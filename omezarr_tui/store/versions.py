"""Versions of objects in buckets, and the condition that one is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omezarr_tui.store.access import MISSING

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, UpdateVersion


def version_of(meta: ObjectMeta) -> str | None:
    """The etag, and the generation that Google counts: each server goes by its own."""
    etag, version = meta["e_tag"], meta["version"]
    return None if etag is None and version is None else f"{etag or ''} {version or ''}"


def only_if(version: str | None) -> PutMode:
    """Which object is to be set: any, one that is not there yet, or one of a version."""
    if version is None:
        return "overwrite"
    if version == MISSING:
        return "create"
    etag, _, number = version.rpartition(" ")
    only: UpdateVersion = {}
    if etag:
        only["e_tag"] = etag
    if number:
        only["version"] = number
    return only
