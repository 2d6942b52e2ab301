"""The bytes of a document -> a JSON object, or what is probably wrong with them in plain words."""

from __future__ import annotations

import json
import re
from typing import Any

from omezarr_tui.errors import explain
from omezarr_tui.store.standins import HEAD, stand_in

_GZIP = b"\x1f\x8b"
_CLOSING = re.compile(r",?\s*([}\]])")
_PYTHON = re.compile(r"(True|False|None|nan|NAN|-?inf)\b")
_JSON_FOR = {"True": "true", "False": "false", "None": "null", "nan": "NaN", "NAN": "NaN"}


class DocumentError(ValueError):
    """A document that says something impossible; the text is for the user.

    Parameters
    ----------
    told
        What it says.
    detail
        The cause, or what to do about it.
    """

    def __init__(self, told: str, detail: str = "") -> None:
        super().__init__(told)
        self.detail = detail


def parse_json(raw: bytes, name: str) -> dict[str, Any]:
    """Parse a document.

    Parameters
    ----------
    raw
        Its bytes. A byte-order mark is tolerated, as zarr-python tolerates it.
    name
        What it is called in an error.

    Raises
    ------
    DocumentError
        It is no JSON object.
    """
    try:
        document = json.loads(raw)
    except ValueError as error:
        if not raw.strip():
            raise DocumentError(
                f"{name} is empty", "it was cut short when it was written or copied"
            ) from error
        if not raw.strip(b"\0"):
            raise DocumentError(
                f"{name} holds zero bytes only", "files do after a crash or on a full disk"
            ) from error
        if found := stand_in(raw[:HEAD]):
            raise DocumentError(f"{name} is {found[0]}, not the document", found[1]) from error
        if not isinstance(error, json.JSONDecodeError):
            packed = raw.startswith(_GZIP)
            why = "it is compressed with gzip: unpack it" if packed else explain(error)
            raise DocumentError(f"{name} is not UTF-8 text", why) from error
        place = f"line {error.lineno}, column {error.colno}"
        why = _guess(error.doc, error.pos, error.msg)
        raise DocumentError(f"{name} is not valid JSON at {place}", why) from error
    except RecursionError as error:
        raise DocumentError(f"{name} is nested too deeply") from error
    if not isinstance(document, dict):
        raise DocumentError(f"{name} holds a {type(document).__name__}, not an object")
    return document


def _guess(text: str, at: int, told: str) -> str:
    rest = text[at:]
    if not rest.strip() or told.startswith("Unterminated string"):
        return "it ends in the middle: it was cut short when it was written or copied"
    if rest.startswith("\0"):
        return "zero bytes begin here, as in files after a crash or on a full disk"
    if told == "Extra data":
        return (
            "something follows where it should end, such as what is left of a longer document "
            "that this one was written over"
        )
    before = text[:at].rstrip()
    if (before.endswith(",") or rest.startswith(",")) and (close := _CLOSING.match(rest)):
        return f"a comma stands before the closing {close[1]}: take the comma away"
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments: take the comment away"
    if rest.startswith("'"):
        return "JSON has no single quotes: put double quotes around names and texts"
    if word := _PYTHON.match(rest):
        right = _JSON_FOR.get(word[1], word[1].replace("inf", "Infinity"))
        return f"JSON spells {word[1]} as {right}"
    if told == "Expecting ',' delimiter":
        return "a comma, or a closing bracket, is missing before this place"
    if told.startswith("Invalid control character"):
        return "a text goes on over the end of its line: a double quote is probably missing"
    return told
