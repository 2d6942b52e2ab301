"""The settings file: what it may say, and what is said of what it may not."""

from dataclasses import asdict
from pathlib import Path

import pytest

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.settings import MIB, Settings, load_settings, settings_file, state_folder


def test_defaults_without_a_file() -> None:
    assert load_settings() == Settings()
    assert Settings().ask_above_bytes == 256 * MIB


def test_it_lies_where_the_system_says(hermetic: Path) -> None:
    assert settings_file().is_relative_to(hermetic)
    assert state_folder().is_relative_to(hermetic)
    assert settings_file().name == "settings.toml"
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('theme = "nord"\n')
    assert load_settings().theme == "nord"


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'theme = "gruvbox"\nrendering = "half"\ncolors = "256"\ncache_bytes = 8\n'
        "prefetch_bytes = 3\nask_above_bytes = 1\npage_rows = 7\n"
        "well_bytes = 11\njournal_bytes = 12\n"
        'expand_nodes = 9\nremember_views = false\n\n[keys]\nfind = "f"\n'
        '[places."s3://lab/"]\nprofile = "lab"\nstorage_options = { region = "x" }\n'
    )
    told = asdict(load_settings(file))
    assert told == {
        "theme": "gruvbox",
        "rendering": "half",
        "colors": "256",
        "cache_bytes": 8,
        "prefetch_bytes": 3,
        "ask_above_bytes": 1,
        "well_bytes": 11,
        "journal_bytes": 12,
        "page_rows": 7,
        "expand_nodes": 9,
        "remember_views": False,
        "keys": {"find": "f"},
        "places": {"s3://lab/": {"profile": "lab", "storage_options": {"region": "x"}}},
    }
    assert set(told) == set(asdict(Settings()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("theme = \n\n", "line 1"),
        ("page_rows = 5\npage_rows = 6\n", "line 2"),
        ("rows = 5", "'rows' that does not exist"),
        ("page_rows = 0", "page_rows to 0"),
        ("page_rows = -3", "page_rows to -3"),
        ("page_rows = true", "page_rows to True"),
        ("remember_views = 1", "true or false"),
        ("page_rows = 1.5", "a whole number above 0"),
        ('page_rows = "5"', "a whole number above 0"),
        ("theme = 5", "a text"),
        ('rendering = "pretty"', "it must be one of auto, ascii, half"),
        ("rendering = [1]", "it must be one of auto, ascii, half"),
        ("rendering = 5", "it must be one of auto, ascii, half"),
        ("colors = 256", "it must be one of auto, none, 16, 256, true"),
        ("keys = 5", "a table of texts"),
        ("[keys]\nfind = 5", "a table of texts"),
    ],
)
def test_mistakes_are_named(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(text)
    with pytest.raises(UserError) as told:
        load_settings(file)
    assert words in str(told.value)
    assert str(file) in told.value.what
    assert told.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("raw", [b'theme = "\xff"', b"\x00"])
def test_a_file_that_is_no_text(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_bytes(raw)
    with pytest.raises(UserError, match="cannot be read"):
        load_settings(file)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_settings(tmp_path)
