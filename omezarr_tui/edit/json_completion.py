"""What may be typed at a place of attributes that are edited as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

from omezarr_tui.edit.json_cursor import cursor_at, pattern_of
from omezarr_tui.edit.known_keys import known_names, known_texts


@dataclass(frozen=True, slots=True)
class Completions:
    """What may be typed.

    Parameters
    ----------
    start, end
        The characters that one of them replaces.
    words
        Names or texts, those of the specification first.
    is_name
        Whether they are names of members.
    colon
        What is to stand behind one: `": "` where a name has no colon yet.
    """

    start: int
    end: int
    words: tuple[str, ...]
    is_name: bool
    colon: str

    def written(self, word: str) -> str:
        """What to put in the place of `start` to `end` for a word."""
        return json.dumps(word, ensure_ascii=False) + self.colon


def completions_at(text: str, at: int, version: str) -> Completions | None:
    """What may be typed where a cursor stands.

    Parameters
    ----------
    text
        The attributes as JSON, as far as they are typed.
    at
        The cursor: before this character.
    version
        Of OME-Zarr.

    Returns
    -------
    completions
        The names that the specification has for the members of that object, and those that
        other objects in such a place have, but for those that are there already; or the texts
        that a value may be. All begin as what is typed does. None where there are none.
    """
    cursor = cursor_at(text, at)
    if cursor is None:
        return None
    is_name = cursor.what == "name"
    if is_name:
        like_it = cursor.elsewhere.get(pattern_of(cursor.place), {})
        words = dict.fromkeys([*known_names(cursor.place, version), *like_it])
        found = [word for word in words if word not in cursor.others]
    else:
        found = [*known_texts(cursor.place, version)]
    fitting = tuple(word for word in found if word.startswith(cursor.typed))
    if not fitting or fitting == (cursor.typed,):
        return None
    colon = ": " if is_name and not cursor.has_colon else ""
    return Completions(cursor.start, cursor.end, fitting, is_name, colon)
