"""Rows of numbers as curves: how many of their values are no numbers, and where."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import array_in, local

from omezarr_tui.image import envelope as module
from omezarr_tui.image.envelope import Envelope, read_envelope
from omezarr_tui.image.reader import Reader

ODD = st.sampled_from([math.nan, math.inf, -math.inf, 1.0, 2.0])


def envelope_of(folder: Path) -> Envelope:
    return read_envelope(Reader(local(folder)), array_in(folder))


@settings(deadline=None, max_examples=40)
@given(values=st.lists(ODD, min_size=2, max_size=40), bins=st.integers(1, 12))
def test_all_values_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], bins: int
) -> None:
    folder = tmp_path_factory.mktemp("row") / "a.zarr"
    data = np.array(values)
    zarr.create_array(folder, data=data, chunks=(7,), fill_value=9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BINS", bins)
        found = envelope_of(folder)
    parts = min(bins, len(data))
    where = np.arange(len(data)) * parts // len(data)
    assert found.nans == np.isnan(data).sum()
    for part in range(parts):
        here = data[where == part]
        ends = [(here == -np.inf).sum(), (here == np.inf).sum()]
        assert found.infinities[:, part].tolist() == ends
    finite = int(np.isfinite(data).sum())
    count = f"{len(data)} values"
    assert found.told.split(" · ")[0] == (
        f"all {count}" if finite == len(data) else f"{finite} of {count} finite"
    )


def test_what_is_no_number_is_told(tmp_path: Path) -> None:
    data = np.sin(np.arange(1000) / 50)
    data[100:200], data[500] = np.nan, np.inf
    zarr.create_array(tmp_path / "a", data=data, chunks=(100,))
    assert envelope_of(tmp_path / "a").told == "899 of 1,000 values finite · 100 NaN · 1 infinite"


def test_what_was_never_written_is_told(tmp_path: Path) -> None:
    stored = zarr.create_array(tmp_path / "a", shape=(1000,), chunks=(300,), dtype="i4")
    stored[300:600] = 5
    assert envelope_of(tmp_path / "a").told == "all 1,000 values · 700 never written"


def test_of_a_sample_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUDGET", 2 * 10 * 8)
    zarr.create_array(tmp_path / "a", data=np.full(100, np.nan), chunks=(10,))
    told = envelope_of(tmp_path / "a").told
    assert told == "a sample of 20 of 100 values · 0 finite · 20 NaN"


@pytest.mark.parametrize("origin", [-(2**63), 2**60, 2**63 - 5000])
def test_whole_numbers_far_from_zero_are_told_apart(tmp_path: Path, origin: int) -> None:
    zarr.create_array(tmp_path / "a", data=np.arange(5000) + origin, chunks=(700,))
    found = envelope_of(tmp_path / "a")
    assert found.origin + int(found.low.min()) == origin
    assert found.origin + int(found.high.max()) == origin + 4999
    assert (np.diff(found.low) > 0).all()
