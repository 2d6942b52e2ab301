"""The journal of edits: written first, whole on the disk, and not misled by what it finds."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from editing import FailingAccess, fill, local, look, small_store

from omezarr_tui.edit.apply import apply_plan, undo
from omezarr_tui.edit.journal import Journal
from omezarr_tui.errors import UserError
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return small_store(tmp_path / "image.zarr")


class TestJournal:
    def test_all_is_kept_before_the_first_byte_changes(self, store: Path) -> None:
        class Watching(LocalAccess):
            def put(self, key: str, value: bytes | None, *, mode: int | None = None) -> None:
                if not seen:
                    (entry,) = Journal(self.location).entries()
                    journal = Journal(self.location)
                    seen.update((r.key, journal.kept(entry, r)) for r in entry.records)
                    states.append(entry.state)
                super().put(key, value, mode=mode)

        seen: dict[str, bytes | None] = {}
        states: list[str] = []
        plan = fill(local(store), "")
        wanted = {touched.key: local(store).get(touched.key) for touched in plan.touched}
        apply_plan(Watching(Location.local(store)), plan)
        assert seen == wanted
        assert len(seen) == 9
        assert states == ["applying"]

    def test_it_is_flushed_before_the_first_byte_changes(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Watching(LocalAccess):
            def put(self, key: str, value: bytes | None, *, mode: int | None = None) -> None:
                if not missing:
                    (entry,) = (Journal(self.location).folder).glob("*-*")
                    wanted = {path.stat().st_ino for path in (entry, *entry.iterdir())}
                    missing.append(len(wanted - synced))
                super().put(key, value, mode=mode)

        flush = os.fsync
        synced: set[int] = set()
        missing: list[int] = []

        def fsync(handle: int) -> None:
            synced.add(os.fstat(handle).st_ino)
            flush(handle)

        monkeypatch.setattr("os.fsync", fsync)
        apply_plan(Watching(Location.local(store)), fill(local(store), ""))
        assert missing == [0]

    def test_an_entry_tells_what_was_done(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "1, 2:4", "65535"))
        assert entry.expression == "a[1, 2:4] = 65535"
        assert (entry.node, entry.selection, entry.value) == ("a", "1, 2:4", "65535")
        assert entry.location == store.as_uri()
        assert entry.time.endswith("+00:00")
        assert [record.key for record in entry.records] == ["a/c/0/0", "a/c/0/1"]

    def test_newest_first_and_each_store_by_itself(self, store: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.zarr"
        shutil.copytree(store, other)
        made = [apply_plan(local(store), fill(local(store), "0", value)) for value in "123"]
        assert Journal(Location.local(store)).entries() == made[::-1]
        assert Journal(Location.local(other)).entries() == []
        (tmp_path / "link").symlink_to(store)
        assert Journal(Location.local(tmp_path / "link")).entries() == made[::-1]

    def test_what_is_damaged_or_foreign_is_skipped_and_told(self, store: Path) -> None:
        made = [apply_plan(local(store), fill(local(store), "0", value)) for value in "1234567"]
        journal = Journal(Location.local(store))
        texts = [(journal.folder / entry.id / "edit.json").read_text() for entry in made]
        odd = {
            0: "{",
            1: "[]",
            2: texts[2].replace('"format": 1', '"format": 99'),
            3: texts[3].replace('"000000"', '"../000000"'),
            4: texts[4].replace(store.as_uri(), "file:///elsewhere"),
            5: texts[5].replace('"applied"', '"sideways"'),
        }
        for number, text in odd.items():
            (journal.folder / made[number].id / "edit.json").write_text(text)
        (journal.folder / "notes.txt").write_text("by the user")
        (journal.folder / "000099-20250101T000000Z").mkdir()
        assert journal.entries() == [made[6]]
        told = " | ".join(journal.skipped)
        assert len(journal.skipped) == 8
        for words in ("notes.txt", "format 99", "leads elsewhere", "elsewhere", "sideways"):
            assert words in told
        newest = apply_plan(local(store), fill(local(store), "0", "9"))
        assert newest.id.startswith("000100-")
        assert journal.last_applied() == newest

    def test_a_copy_that_is_damaged_is_not_put_back(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        copy = Journal(Location.local(store)).folder / entry.id / "000001"
        copy.write_bytes(b"rotten")
        after = look(store)
        with pytest.raises(UserError, match="The journal's copy of a/c/0/1 is damaged"):
            undo(local(store), entry)
        copy.unlink()
        with pytest.raises(UserError, match="The journal's copy of a/c/0/1 is damaged"):
            undo(local(store), entry)
        assert look(store) == after

    def test_a_line_that_is_torn_was_never_acted_on(self, store: Path) -> None:
        before = look(store)
        access = FailingAccess(store, 3, late=True, forever=True)
        with pytest.raises(UserError, match="changed in part"):
            apply_plan(access, fill(access, ""))
        journal = Journal(Location.local(store))
        entry = journal.interrupted()
        assert entry is not None
        with (journal.folder / entry.id / "after.log").open("ab") as log:
            log.write(b'{"record": 3, "aft')
        undo(local(store), entry)
        assert look(store) == before

    def test_it_is_not_for_others_to_read(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        folder = Journal(Location.local(store)).folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / entry.id).stat().st_mode) == 0o700

    def test_bytes_are_kept_only_as_long_as_they_are_needed(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        folder = Journal(Location.local(store)).folder / entry.id
        kept = {path.name for path in folder.iterdir()}
        assert kept == {"edit.json", "000000", "000001", "000002"}
        undo(local(store), entry)
        assert [path.name for path in folder.iterdir()] == ["edit.json"]

    def test_what_was_left_of_an_edit_that_never_began_goes(self, store: Path) -> None:
        journal = Journal(Location.local(store))
        with journal.locked():
            journal.begin(fill(local(store), "0"))
        assert [entry.state for entry in journal.entries()] == ["planned"]
        entry = apply_plan(local(store), fill(local(store), "0"))
        assert journal.entries() == [entry]
        assert [path.name for path in journal.folder.glob("*-*")] == [entry.id]

    def test_looking_makes_no_journal(self, store: Path) -> None:
        journal = Journal(Location.local(store))
        assert (journal.entries(), journal.last_applied(), journal.interrupted()) == (
            [],
            None,
            None,
        )
        assert not journal.folder.exists()
