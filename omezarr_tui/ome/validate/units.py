"""The units that OME-Zarr names, and how they are often misspelled."""

from __future__ import annotations

_PREFIXES = [
    "yotta",
    "zetta",
    "exa",
    "peta",
    "tera",
    "giga",
    "mega",
    "kilo",
    "hecto",
    "deci",
    "centi",
    "milli",
    "micro",
    "nano",
    "pico",
    "femto",
    "atto",
    "zepto",
    "yocto",
]

# The lists of the specification ("axes"): names of UDUNITS-2, without decameter and decasecond.
SPACE = {f"{prefix}meter" for prefix in _PREFIXES}
SPACE |= {"meter", "angstrom", "foot", "inch", "mile", "parsec", "yard"}
TIME = {f"{prefix}second" for prefix in _PREFIXES} | {"second", "minute", "hour", "day"}

_SYMBOLS = {"y": "yocto", "z": "zepto", "a": "atto", "f": "femto", "p": "pico", "n": "nano"}
_SYMBOLS |= {"u": "micro", "µ": "micro", "μ": "micro", "m": "milli", "c": "centi", "k": "kilo"}
_SPACE_NAMES = {f"{symbol}m": f"{prefix}meter" for symbol, prefix in _SYMBOLS.items()} | {
    "m": "meter",
    "micron": "micrometer",
    "microns": "micrometer",
    "å": "angstrom",
    "ångström": "angstrom",
    "ångstrom": "angstrom",
}
_TIME_NAMES = {f"{symbol}s": f"{prefix}second" for symbol, prefix in _SYMBOLS.items()} | {
    "s": "second",
    "sec": "second",
    "secs": "second",
    "min": "minute",
    "mins": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "d": "day",
}


def units_of(axis_type: str | None) -> set[str] | None:
    """The units of an axis of a type; None where the specification lists none."""
    return {"space": SPACE, "time": TIME}.get(axis_type or "")


def meant_unit(unit: str, axis_type: str) -> str | None:
    """The unit that a misspelled one certainly means; None where that cannot be told.

    Parameters
    ----------
    unit
        As it is written.
    axis_type
        ``space`` or ``time``: ``m`` is a meter, and no minute.
    """
    known, names = (SPACE, _SPACE_NAMES) if axis_type == "space" else (TIME, _TIME_NAMES)
    bare = unit.strip()
    if bare in names:  # "mm" and "Mm" differ: symbols count as they are written
        return names[bare]
    low = bare.lower().replace("metre", "meter")
    for candidate in (low, low.removesuffix("s"), {"feet": "foot", "inches": "inch"}.get(low)):
        if candidate in known:
            return candidate
    return names[low] if len(low) > 2 and low in names else None
