"""The README tells of the program as it is: its keys and its commands.

Run as a program, this file writes the table of keys into the README: `make readme`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from omezarr_tui.tui.actions import ACTIONS, key_table

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"(<!-- keys: .*? -->\n).*?(<!-- /keys -->)", re.DOTALL)


def keys_as_markdown() -> str:
    """The table of keys, one table for each pane."""
    lines = []
    for title, rows in key_table():
        lines += [f"**{title}**", "", "| key | does |", "|---|---|"]
        for keys, does in rows:
            shown = " ".join(f"`{key}`" for key in keys.split())
            lines.append(f"| {shown} | {does} |")
        lines.append("")
    return "\n".join(lines)


def test_the_keys_are_those_of_the_program() -> None:
    found = _BLOCK.search(README.read_text(encoding="utf-8"))
    assert found is not None
    told = found[0][len(found[1]) : -len(found[2])]
    assert told.strip() == keys_as_markdown().strip(), "run: make readme"


def test_every_action_is_told() -> None:
    told = {row for _, rows in key_table() for row in rows}
    # One line tells of all four directions.
    ways = ("up", "down", "left", "right")
    parts = {f"{part}.{way}" for part in ("picture", "leap", "plate") for way in ways}
    assert {a.id for a in ACTIONS if (a.display, a.title) not in told} == parts


def test_the_commands_are_those_of_the_program() -> None:
    from omezarr_tui.cli import main

    text = README.read_text(encoding="utf-8")
    for command in ("tree", "info", "show", "export", "validate", "demo", "open"):
        assert main([command, "--help"]) == 0
        assert command == "open" or f"omezarr-tui {command}" in text


if __name__ == "__main__":
    new = _BLOCK.sub(
        lambda block: f"{block[1]}\n{keys_as_markdown()}\n{block[2]}", README.read_text("utf-8")
    )
    README.write_text(new, encoding="utf-8")
    sys.exit(0)
