"""What stands where bytes should be, when they were left elsewhere: pointers, links, web pages.

Git LFS and git-annex keep large files out of a repository and leave a small one, or a link,
in their place; servers answer with a page or an error message.
"""

from __future__ import annotations

import re

from omezarr_tui.text import format_bytes, visible

# Whatever stands in for a file is recognised by this much of its start, and is no longer
# than this itself, unless it is a web page.
HEAD = 1024

_LFS = b"version https://git-lfs.github.com/spec/"
_LFS_SIZE = re.compile(rb"^size (\d{1,18})\r?$", re.MULTILINE)
# Of an unlocked file; and of a link, where the file system has none.
_ANNEX = re.compile(rb"/annex/objects/|[./]*\.git/annex/objects/")
_PAGE = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_SERVER_ERROR = re.compile(rb"(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>(\w{1,60})</Code>")

_GET_LFS = "fetch the files themselves: git lfs pull"
_GET_ANNEX = "fetch the files themselves: git annex get . (in a DataLad dataset: datalad get .)"


def stand_in(head: bytes) -> tuple[str, str] | None:
    """Recognise what stands in for a file.

    Parameters
    ----------
    head
        The first bytes of the file, `HEAD` of them where it has as many.

    Returns
    -------
    what, do
        What it is, to be put after "is", and what the user can do; None where it is no
        stand-in.
    """
    if head.startswith(_LFS):
        size = _LFS_SIZE.search(head)
        left = f" to {format_bytes(int(size[1]))}" if size else ""
        return f"a Git LFS pointer{left}", _GET_LFS
    if _ANNEX.match(head):
        return "a git-annex pointer", _GET_ANNEX
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _PAGE.match(text):
        return (
            "a web page",
            "check the address: it may need a sign-in, or lead to a page that shows the data",
        )
    if error := _SERVER_ERROR.match(text):
        return (
            f"the error message of a server ({error[1].decode()})",
            "check the address and the credentials",
        )
    return None


def name_link(target: str) -> tuple[str, str]:
    """Say what a link is whose target is missing.

    Parameters
    ----------
    target
        Where it leads, as it is stored in the link.

    Returns
    -------
    what, do
        What it is, to be put after "is", and what the user can do.
    """
    if ".git/annex/objects" in target.replace("\\", "/"):
        return "a git-annex link to a file that is not here", _GET_ANNEX
    return (
        f"a link to {visible(target)}, where nothing is",
        "put back what it leads to, or mount the disk that it lies on",
    )


def why_chunk_fails(raw: bytes) -> str | None:
    """Say why a stored chunk or shard cannot be decoded, where its bytes tell.

    Parameters
    ----------
    raw
        The first bytes of it, `HEAD` of them where it has as many.
    """
    if found := stand_in(raw):
        return "it is {}; {}".format(*found)
    if not raw:
        return "it is empty: it was cut short when it was written or copied"
    if len(raw) >= 16 and not raw.strip(b"\0"):
        return "it begins with zero bytes only, as files do after a crash or on a full disk"
    return None
