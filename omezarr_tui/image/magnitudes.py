"""Complex numbers as what intensity can stand for: their magnitudes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def magnitudes(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The magnitudes of complex numbers, of any shape; other values as they are."""
    import numpy as np

    return np.abs(values) if values.dtype.kind == "c" else values
