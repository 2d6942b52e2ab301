"""A node of our own reading -> zarr-python's array, which reads and writes its chunks."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

from omezarr_tui.errors import UserError, explain
from omezarr_tui.store.access import Access
from omezarr_tui.store.codecs import why_not_decodable
from omezarr_tui.store.node import Array, join_path
from omezarr_tui.store.standins import HEAD, why_chunk_fails
from omezarr_tui.store.waiting import Cancelled

if TYPE_CHECKING:
    import zarr
    from zarr.abc.store import Store

_FUSED = "zarr.core.codec_pipeline.FusedCodecPipeline"
_prepared = threading.Lock()
_is_prepared = False


def open_array(access: Access, node: Array, store: Store | None = None) -> zarr.Array[Any]:
    """Open one array with zarr-python: told its format, nothing consolidated believed.

    Parameters
    ----------
    access
        Where it lies.
    node
        The array.
    store
        Another zarr store to open it in, such as one that catches what is written.

    Raises
    ------
    UserError
        A codec is not known here, or zarr-python cannot open it for another reason.
    """
    prepare()
    import zarr

    name = node.path or access.location.name
    if reason := why_not_decodable(node):
        raise UserError(f"{name} cannot be decoded: {reason[0]}", reason[1])

    try:
        return zarr.open_array(
            store if store is not None else access.zarr_store(),
            path=node.path,
            mode="r" if store is None or store.read_only else "r+",
            zarr_format=2 if node.zarr_format == 2 else 3,
        )
    except Cancelled:
        raise
    except Exception as error:  # zarr raises nearly anything at an odd document
        raise UserError(f"{name} cannot be opened", _why(error, node)) from error


def why_unreadable(access: Access, node: Array, key: str, error: Exception) -> str:
    """Say why a stored chunk or shard could not be read, after one look at its bytes.

    Parameters
    ----------
    access
        Where the array lies.
    node
        The array.
    key
        Of the chunk or shard, relative to the array.
    error
        What zarr-python raised.
    """
    try:
        head = access.get_range(join_path(node.path, key), 0, HEAD)
    except (OSError, UserError):
        return explain(error)
    return why_chunk_fails(head) or explain(error)


def _why(error: Exception, node: Array) -> str:
    import zarr

    if str(error).startswith("No Zarr data type found"):
        return (
            f"zarr-python {zarr.__version__} does not know its data type, {node.dtype.name}; "
            "a newer one may, and tensorstore reads most"
        )
    return explain(error)


def prepare() -> None:
    """Import zarr and choose its faster codec pipeline where it has one (3.4), once.

    Call it before anything else imports of zarr in a thread: two threads that import it at
    the same time, by different doors, see halves of it.
    """
    global _is_prepared
    with _prepared:
        if _is_prepared:
            return
        # Python's collector holds all threads while it goes through everything that there is,
        # and so the screen: not while so much is imported, and afterwards not what was.
        gc.disable()
        try:
            import numcodecs.pickles
            import zarr
            import zarr.core.codec_pipeline as pipelines
        finally:
            gc.freeze()
            gc.enable()

        # zarr looks at the first object codec only, and an environment variable would let
        # pickles run code: here they never may, whatever the environment says.
        numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE = False
        if hasattr(pipelines, "FusedCodecPipeline"):
            zarr.config.set({"codec_pipeline.path": _FUSED})
        _is_prepared = True
