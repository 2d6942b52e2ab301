"""How numbers and names are written, and that nothing of a store can speak to the terminal."""

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from looking import is_harmless
from rich.cells import cell_len

from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.text import (
    cell_width,
    compact_json,
    format_bytes,
    format_count,
    format_length,
    format_number,
    format_shape,
    format_unit,
    listed,
    natural_key,
    padded,
    plural,
    visible,
)

# Everything that a file name or a JSON text can hold, lone surrogates too.
TEXTS = st.text(
    st.characters(exclude_categories=())
    | st.sampled_from("\x00\x1b\x7f\x9b\u202e\u200b\u2028é細🧬\n")
)


class TestNumbers:
    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (9_541_000, "9.1 MiB"),
            (100 * 2**20, "100 MiB"),
            (918 * 10**9, "855 GiB"),
            (3 * 2**60, "3.0 EiB"),
            (2**80, "1048576 EiB"),
        ],
    )
    def test_bytes(self, size: int, text: str) -> None:
        assert format_bytes(size) == text

    @given(st.integers(0, 2**2000))
    @settings(deadline=None, max_examples=80)
    @example(2**63 * 2**63 * 2**63)
    def test_bytes_of_any_size(self, size: int) -> None:
        number, unit = format_bytes(size).split()
        power = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB").index(unit)
        off = abs(Fraction(number) - Fraction(size, 1024**power))
        assert off <= (Fraction(51, 1000) if "." in number else Fraction(1, 2) if power else 0)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (3.0, "3"),
            (-0.0, "0"),
            (0.123456, "0.1235"),
            (65535.0, "65535"),
            (1e20, "1e+20"),
            (math.nan, "nan"),
            (-math.inf, "-inf"),
        ],
    )
    def test_measured(self, value: float, text: str) -> None:
        assert format_number(value) == text

    @given(st.floats(-1e300, 1e300))
    @settings(deadline=None, max_examples=80)
    def test_four_digits_are_right(self, value: float) -> None:
        assert float(format_number(value)) == pytest.approx(value, rel=5.1e-4, abs=1e-320)

    def test_counts_and_shapes(self) -> None:
        assert format_count(1234567) == "1,234,567"
        assert format_shape((2, 32, 275, 271)) == "2 × 32 × 275 × 271"
        assert format_shape(()) == "scalar"
        assert [plural(n, "chunk") for n in (0, 1, 2, 1200)] == [
            "0 chunks",
            "1 chunk",
            "2 chunks",
            "1,200 chunks",
        ]
        assert plural(2, "axis", "axes") == "2 axes"

    def test_lengths_and_units(self) -> None:
        assert format_length(0.3603, "micrometer") == "0.36 µm"
        assert format_length(2, None) == "2"
        assert format_length(0.5, "parsec") == "0.5 parsec"
        assert format_unit("\x1b[31m") == "␛[31m"
        assert format_unit("") == format_unit(None) == ""


class TestVisible:
    @given(TEXTS)
    @settings(deadline=None, max_examples=200)
    @example("a\x00b\x1b[2J\x7f\x9b")
    @example("\ud800\udcff\ue000\u202e\u2066\u200d\ufeff")
    def test_nothing_is_obeyed(self, text: str) -> None:
        shown = visible(text)
        assert is_harmless(shown)
        assert visible(shown) == shown
        shown.encode("utf-8")
        assert shown.splitlines() in ([shown], [])

    @given(TEXTS, st.integers(1, 30))
    @settings(deadline=None, max_examples=80)
    def test_a_limit(self, text: str, limit: int) -> None:
        shown = visible(text, limit)
        assert len(shown) <= limit
        assert shown == visible(text) or shown.endswith("…")

    def test_plain_text_stays_as_it_is(self) -> None:
        text = "細胞 é [bold]$HOME[/x] 100% ~ e\u0301"
        assert visible(text) == text
        assert visible("a\nb\x1b") == "a␊b␛"
        assert visible(5) == "5"

    @given(
        st.recursive(
            st.none() | st.floats() | TEXTS,
            lambda x: st.lists(x) | st.dictionaries(TEXTS, x),
            max_leaves=5,
        )
    )
    @settings(deadline=None, max_examples=60)
    def test_json_on_one_line(self, value: Any) -> None:
        assert is_harmless(compact_json(value))
        assert len(compact_json(value, 20)) <= 20

    def test_json(self) -> None:
        assert compact_json({"a": [1, None, "µ"]}) == '{"a": [1, null, "µ"]}'


class TestWidths:
    @pytest.mark.parametrize(
        "text", ["", "abc", "細胞", "e\u0301", "◌\u0f71\u0e31", "\uff46\uff55", "a\ufe00", "🧬"]
    )
    def test_as_terminals_count(self, text: str) -> None:
        assert cell_width(text) == cell_len(text)

    @given(
        st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x2FFF)),
        st.integers(0, 12),
    )
    @settings(deadline=None, max_examples=60)
    def test_padding(self, text: str, width: int) -> None:
        for right in (False, True):
            full = padded(text, width, right=right)
            assert cell_width(full) == max(width, cell_width(text))
            assert full.endswith(text) if right else full.startswith(text)


class TestOrderAndLists:
    def test_as_people_count(self) -> None:
        names = ["s10", "s9", "s", "10", "9", "a1b10", "a1b9", "09", ""]
        assert sorted(names, key=natural_key) == [
            "",
            "09",
            "9",
            "10",
            "a1b9",
            "a1b10",
            "s",
            "s9",
            "s10",
        ]

    @given(st.lists(TEXTS))
    @settings(deadline=None, max_examples=60)
    @example(["٣", "3", "²", "x²"])
    def test_any_names_can_be_sorted(self, names: list[str]) -> None:
        keys = [natural_key(name) for name in names]
        assert len(set(keys)) == len(set(names))
        assert sorted(keys) == sorted(sorted(keys, reverse=True))

    def test_lists(self) -> None:
        assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
            "",
            "a",
            "a and b",
            "a, b and c",
        ]


class TestErrors:
    def test_what_and_why(self) -> None:
        error = UserError("a\x1b cannot be read", "it is\nbroken")
        assert str(error) == "a␛ cannot be read\n  it is␊broken"
        assert str(UserError("only this")) == "only this"
        assert error.exit_code is ExitCode.UNREADABLE
        assert [int(code) for code in ExitCode] == [0, 1, 2, 3]

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (UserError("x failed", "because"), "x failed: because"),
            (PermissionError(13, "Permission denied", "/s/a\x1b"), "permission denied: /s/a␛"),
            (PermissionError(), "permission denied"),
            (MemoryError(), "not enough memory"),
            (OSError(28, "No space left on device"), "No space left on device"),
            (FileNotFoundError(2, "No such file", "/a"), "No such file: /a"),
            (KeyError("blosc"), "KeyError: 'blosc'"),
            (ValueError("first\n\nsecond"), "first"),
            (RuntimeError(), "RuntimeError"),
            (json.JSONDecodeError("bad", "x", 0), "bad: line 1 column 1 (char 0)"),
        ],
    )
    def test_any_cause_in_one_line(self, error: Exception, words: str) -> None:
        assert explain(error) == words

    @given(TEXTS)
    @settings(deadline=None, max_examples=60)
    def test_causes_are_harmless(self, text: str) -> None:
        for error in (
            ValueError(text),
            KeyError(text),
            OSError(5, text, text),
            UserError(text, text),
        ):
            assert is_harmless(explain(error))
        assert len(explain(ValueError(text * 100))) <= 300
