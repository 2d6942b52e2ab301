"""The journal of edits: written first, whole on the disk, and not misled by what it finds."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from editing import fill, local, look, small_store

from omezarr_tui.edit.apply import apply_plan, redo, undo
from omezarr_tui.edit.entry import Side
from omezarr_tui.edit.journal import Journal
from omezarr_tui.errors import UserError
from omezarr_tui.settings import settings_file
from omezarr_tui.store.local import LocalAccess
from omezarr_tui.store.location import Location


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return small_store(tmp_path / "image.zarr")


def allow(nbytes: int) -> None:
    """Let the journal keep no more than so many bytes."""
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(f"journal_bytes = {nbytes}\n")


class TestJournal:
    @pytest.mark.parametrize("side", ["before", "after"])
    def test_all_is_kept_before_the_first_byte_changes(self, store: Path, side: Side) -> None:
        class Watching(LocalAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                if not seen:
                    (entry,) = Journal(self.location).entries()
                    journal = Journal(self.location)
                    seen.update(
                        (r.key, journal.content(entry, side, r.side(side))) for r in entry.records
                    )
                    states.append(entry.state)
                super().put(key, value, mode=mode, version=version)

        seen: dict[str, bytes | None] = {}
        states: list[str] = []
        plan = fill(local(store), "")
        source = local(store) if side == "before" else plan.staged
        wanted = {key: source.get(key) for key in plan.keys}
        apply_plan(Watching(Location.local(store)), plan)
        assert seen == wanted
        assert len(seen) == 9
        assert states == ["applying"]

    def test_it_is_flushed_before_the_first_byte_changes(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Watching(LocalAccess):
            def put(
                self,
                key: str,
                value: bytes | None,
                *,
                mode: int | None = None,
                version: str | None = None,
            ) -> None:
                if not missing:
                    (entry,) = (Journal(self.location).folder).glob("*-*")
                    wanted = {path.stat().st_ino for path in (entry, *entry.iterdir())}
                    missing.append(len(wanted - synced))
                super().put(key, value, mode=mode, version=version)

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
        assert (entry.node, entry.number) == ("a", 1)
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
            2: texts[2].replace('"format": 2', '"format": 99'),
            3: texts[3].replace('"digest": "', '"digest": "no'),
            4: texts[4].replace(store.as_uri(), "file:///elsewhere"),
        }
        for number, text in odd.items():
            (journal.folder / made[number].id / "edit.json").write_text(text)
        (journal.folder / made[5].id / "state.json").write_text(
            '{"state": "sideways", "turned": 0}'
        )
        (journal.folder / "notes.txt").write_text("by the user")
        (journal.folder / "000099-20250101T000000Z").mkdir()
        assert journal.entries() == [made[6]]
        told = " | ".join(journal.skipped)
        assert len(journal.skipped) == 7
        for words in ("notes.txt", "format 99", "a digest", "elsewhere", "sideways"):
            assert words in told
        newest = apply_plan(local(store), fill(local(store), "0", "9"))
        assert newest.id.startswith("000100-")
        assert journal.last_applied() == newest

    @pytest.mark.parametrize("side", ["before", "after"])
    def test_a_copy_that_is_damaged_is_not_put_back(self, store: Path, side: Side) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        if side == "after":
            undo(local(store), entry)
        pack = Journal(Location.local(store)).folder / entry.id / f"{side}.pack"
        pack.write_bytes(pack.read_bytes()[:-1] + b"?")
        there = look(store)
        for _ in range(2):
            with pytest.raises(UserError, match=r"The journal's copy for a\[0, :\] = 5 is damaged"):
                (undo if side == "before" else redo)(local(store), entry)
            pack.unlink(missing_ok=True)
        assert look(store) == there

    def test_it_is_not_for_others_to_read(self, store: Path) -> None:
        entry = apply_plan(local(store), fill(local(store), "0"))
        folder = Journal(Location.local(store)).folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / entry.id).stat().st_mode) == 0o700

    def test_what_was_undone_is_forgotten_by_the_next_edit(self, store: Path) -> None:
        first = apply_plan(local(store), fill(local(store), "0", "1"))
        undo(local(store), apply_plan(local(store), fill(local(store), "0", "2")))
        journal = Journal(Location.local(store))
        assert [entry.state for entry in journal.entries()] == ["undone", "applied"]
        third = apply_plan(local(store), fill(local(store), "0", "3"))
        assert [entry.id for entry in journal.entries()] == [third.id, first.id]
        assert journal.last_undone() is None

    def test_edits_are_made_again_in_the_order_in_which_they_were_made(self, store: Path) -> None:
        trees = [look(store)]
        for value in "123":
            apply_plan(local(store), fill(local(store), "0", value))
            trees.append(look(store))
        journal = Journal(Location.local(store))
        for tree in trees[-2::-1]:
            undo(local(store), journal.last_applied() or pytest.fail("nothing to undo"))
            assert look(store) == tree
        for tree in trees[1:]:
            redo(local(store), journal.last_undone() or pytest.fail("nothing to make again"))
            assert look(store) == tree
        assert journal.last_undone() is None

    def test_what_was_left_of_an_edit_that_never_began_goes(self, store: Path) -> None:
        journal = Journal(Location.local(store))
        left = journal.folder / "000007-20250101T000000Z"
        left.mkdir(parents=True)
        (left / "before.pack").write_bytes(b"some")
        assert journal.entries() == []
        entry = apply_plan(local(store), fill(local(store), "0"))
        assert journal.entries() == [entry]
        assert [path.name for path in journal.folder.glob("*-*")] == [entry.id]

    def test_the_oldest_edits_of_any_store_make_room(self, store: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.zarr"
        shutil.copytree(store, other)
        size = fill(local(store), "0", "1").journal_bytes
        allow(3 * size + size // 2)
        for folder, value in ((store, "1"), (other, "1"), (store, "2")):
            apply_plan(local(folder), fill(local(folder), "0", value))
        plan = fill(local(other), "0", "2")
        assert dict(plan.facts())["undo"].endswith("1 older edit can then no longer be undone")
        apply_plan(local(other), plan)
        assert len(Journal(Location.local(store)).entries()) == 1
        assert len(Journal(Location.local(other)).entries()) == 2

    def test_an_edit_that_could_never_be_undone_is_refused(self, store: Path) -> None:
        allow(10)
        before = look(store)
        with pytest.raises(UserError, match="too large to be undone") as caught:
            apply_plan(local(store), fill(local(store), ""))
        assert "raise journal_bytes in the settings" in caught.value.why
        assert look(store) == before

    def test_looking_makes_no_journal(self, store: Path) -> None:
        journal = Journal(Location.local(store))
        assert (journal.entries(), journal.last_applied(), journal.interrupted()) == (
            [],
            None,
            None,
        )
        assert not journal.folder.exists()
