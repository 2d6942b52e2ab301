"""Whether the codecs of an array are known here, and who provides those that are not."""

from __future__ import annotations

from omezarr_tui.store.node import Array, Codec
from omezarr_tui.text import visible

_PREFIX = "numcodecs."  # what Zarr v3 puts before the name of a codec of Zarr v2

# Packages that register a codec, by its name. numcodecs' own come as extras of it.
_PROVIDERS_V2 = {
    "zfpy": "numcodecs[zfpy]",
    "pcodec": "numcodecs[pcodec]",
    "msgpack2": "numcodecs[msgpack]",
    "grib": "kerchunk",
    "FITSAscii": "kerchunk",
    "FITSVarBintable": "kerchunk",
    "fill_hdf_strings": "kerchunk",
    "record_member": "kerchunk",
    "gribberish": "gribberish",
    "flac": "flac-numcodecs",
    "wavpack": "wavpack-numcodecs",
}
_PROVIDERS_V3 = {
    "numcodecs.zfpy": "numcodecs[zfpy]",
    "numcodecs.pcodec": "numcodecs[pcodec]",
    "gribberish": "gribberish",
}
_IMAGECODECS = {2: "imagecodecs-numcodecs", 3: "imagecodecs-zarr"}  # by Zarr format
_NEWER_ZARR = ("cast_value", "scale_offset")  # in zarr-python 3.4, not in 3.1


def why_not_decodable(node: Array) -> tuple[str, str] | None:
    """Say why the chunks of an array cannot be decoded here. No chunk is read.

    Imports zarr and numcodecs, which takes a moment.

    Parameters
    ----------
    node
        The array.

    Returns
    -------
    what, do
        What is in the way, and what the user can do; None where every codec is known.
    """
    for codec in node.codecs:
        name = codec.name.removeprefix(_PREFIX)
        if name == "pickle":
            return (
                'its codec "pickle" would run whatever code the store holds',
                "it is never read here; it must be written anew without pickle",
            )
        known = _known_in_v2(name) if node.zarr_format == 2 else _known_in_v3(codec.name)
        if not known and not _is_layout(node, codec):
            return (
                f'its codec "{visible(codec.name, 60)}" is not known here',
                _cure(codec.name, node.zarr_format),
            )
    return None


def _is_layout(node: Array, codec: Codec) -> bool:
    """Whether it is the step that Zarr v2 has no word for: laying the values out as bytes."""
    return node.zarr_format == 2 and codec.name == "bytes" and codec.kind == "array→bytes"


def _known_in_v2(name: str) -> bool:
    from numcodecs.registry import codec_registry, entries

    return name in codec_registry or name in entries


def _known_in_v3(name: str) -> bool:
    from zarr.registry import get_codec_class

    try:
        get_codec_class(name)
    except (KeyError, ValueError, ImportError):
        # Before 3.4 a KeyError, then an error of zarr's own; or what it needs is missing.
        return False
    # zarr names all codecs of numcodecs, also those that are not installed.
    return not name.startswith(_PREFIX) or _known_in_v2(name.removeprefix(_PREFIX))


def _cure(name: str, zarr_format: int) -> str:
    providers = _PROVIDERS_V2 if zarr_format == 2 else _PROVIDERS_V3
    if name.startswith("imagecodecs_"):
        package: str | None = _IMAGECODECS[zarr_format]
    else:
        package = providers.get(name)
    if package:  # quoted, since shells take brackets for a pattern
        return f'install its package beside omezarr-tui: pip install "{package}"'
    if zarr_format == 3 and name in _NEWER_ZARR:
        return "a newer zarr-python knows it: pip install --upgrade zarr"
    return "no installed package registers it; ask whoever wrote the store which one does"
