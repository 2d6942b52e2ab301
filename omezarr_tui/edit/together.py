"""Many fixes made as one."""

from __future__ import annotations

from collections.abc import Sequence

from omezarr_tui.ome.validate.finding import Fix
from omezarr_tui.text import natural_key, plural


def together(fixes: Sequence[Fix]) -> Fix:
    """One fix that does what several do.

    Parameters
    ----------
    fixes
        At least one. Those that are the same, as where several findings have one cause, are
        made once.

    Returns
    -------
    fix
        What stands later in a document is changed first: to take a member out of a list moves
        those behind it, and no other fix knows of that.
    """
    different = list({repr(fix): fix for fix in fixes}.values())
    different.sort(key=_place, reverse=True)
    titles = {fix.title for fix in fixes}
    title = fixes[0].title if len(titles) == 1 else f"mend {plural(len(different), 'finding')}"
    return Fix(title, tuple(change for fix in different for change in fix.changes))


def _place(fix: Fix) -> list[tuple[tuple[int, int, str], ...]]:
    pointer = fix.changes[0].pointer if fix.changes else ""
    return [natural_key(part) for part in pointer.split("/")]
