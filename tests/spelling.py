"""Documents and attributes as the specifications spell them, for tests that need a few."""

from typing import Any

from foreign.made import array_document

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
CRC = {"name": "crc32c"}


def sharded(index_codecs: list[Any], **more: Any) -> dict[str, Any]:
    """A document of an array of 5 x 9 in shards of 4 x 6, of chunks of 2 x 3."""
    settings = {"chunk_shape": [2, 3], "codecs": [LITTLE], "index_codecs": index_codecs} | more
    codecs = [{"name": "sharding_indexed", "configuration": settings}]
    return array_document((5, 9), (4, 6), codecs=codecs)


def multiscales(*datasets: Any, **more: Any) -> dict[str, Any]:
    """Attributes of an image of y and x."""
    return {"multiscales": [{"axes": ["y", "x"], "datasets": list(datasets)} | more]}


def dataset(path: str, *steps: Any) -> dict[str, Any]:
    return {"path": path, "coordinateTransformations": list(steps)}


def scale(*values: Any) -> dict[str, Any]:
    return {"type": "scale", "scale": list(values)}


def shift(*values: Any) -> dict[str, Any]:
    return {"type": "translation", "translation": list(values)}
