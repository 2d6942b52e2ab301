"""Fact: one line of what is known of a node, for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known.

    Parameters
    ----------
    label
        What it is; empty for a line that goes on with the fact before.
    value
        In words and numbers with units, safe to print.
    color
        Six hexadecimal digits where the fact has a colour, such as a channel.
    warning
        Whether it tells of something wrong.
    """

    label: str
    value: str
    color: str | None = None
    warning: bool = False
