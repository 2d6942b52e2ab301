"""What goes wrong is told in a sentence, and the program goes on, or ends as it should."""

import contextlib
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from driver import opened
from foreign import Foreign
from textual.notifications import Notify
from textual.widgets._toast import Toast

from omezarr_tui.settings import state_folder
from omezarr_tui.tui.screens.browse import BrowseScreen

BOOM = RuntimeError("[/x] boom \x1b[31m\nsecond line")


def boom(*_: object, **__: object) -> None:
    raise BOOM


class TestWorkers:
    async def test_an_error_in_one_is_told_and_the_program_goes_on(
        self, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(foreign("v3_nested").path) as p:
            for function, keys in (
                ("omezarr_tui.tui.workers.find_by_name", ["slash", "x"]),
                ("omezarr_tui.tui.workers.open_below", ["asterisk"]),
                ("omezarr_tui.tui.workers.image_of", ["down"]),
                ("omezarr_tui.tui.workers.measure_stored", ["end", "b"]),
                ("omezarr_tui.edit.plan.plan_edit", ["end", "e", "1", "enter"]),
            ):
                p.messages.clear()
                with monkeypatch.context() as patch:
                    patch.setattr(function, boom)
                    await p.press(*keys)
                told = [m.notification for m in p.messages if isinstance(m, Notify)][-1]
                assert (told.severity, "[/x] boom ␛[31m" in told.message) == ("error", True)
                assert "second line" not in told.message
                toasts = "\n".join(str(toast.render()) for toast in p.screen.query(Toast))
                assert "[/x] boom ␛[31m" in toasts
                await p.press("escape", "home", "end")
                assert p.node.path == "top"
                assert p.panel.picture is not None
                await p.press("home")

    async def test_a_picture_that_fails_in_any_way_is_told_in_its_place(
        self, volume: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(volume) as p:
            with monkeypatch.context() as patch:
                patch.setattr("omezarr_tui.image.reader.Reader.sample", boom)
                await p.press("full_stop")
                assert "[/x] boom ␛[31m" in p.picture
                assert "[/x] boom ␛[31m" in p.bar
            await p.press("full_stop")
            assert p.panel.picture is not None
            assert "14 of 0–24" in p.bar

    async def test_a_group_whose_children_fail_says_so_in_the_tree(
        self, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(foreign("v3_nested").path) as p:
            monkeypatch.setattr("omezarr_tui.tui.workers.list_page", boom)
            await p.press("down", "right", "down")
            assert p.rows[2].lstrip().startswith("✗ …")
            assert "[/x] boom ␛[31m" in p.facts
            await p.press("end")
            assert p.node.path == "top"


class TestMistakes:
    """A mistake of the program itself, in a handler: it ends, but not with a traceback."""

    async def test_it_ends_with_a_sentence_and_keeps_the_details(
        self,
        volume: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(BrowseScreen, "action_help", boom)
        programs = []

        async def ask_for_help() -> None:
            async with opened(volume) as p:
                programs.append(p)
                await p.hold("question_mark")
                await p.until(lambda: not p.app.is_running)

        with pytest.raises(RuntimeError) as caught:
            await ask_for_help()
        assert caught.value is BOOM
        assert programs[0].app.return_code == 1
        told = capfd.readouterr().err
        assert "omezarr-tui stopped because of a mistake of its own." in told
        assert "[/x] boom ␛[31m" in told
        assert "Traceback" not in told
        assert "second line" not in told
        log = (state_folder() / "crash.txt").read_text()
        assert "Traceback" in log
        assert "in boom" in log


def in_terminal(code: str, keys: bytes, *, ready: bytes) -> tuple[int, str]:
    """Run Python in a process with a terminal of its own; press keys when it has shown a text.

    Returns
    -------
    code
        The exit code.
    shown
        All that was written to the terminal.
    """
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    shown, pressed, end = b"", False, time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([controller], [], [], 0.1)[0]:
                try:
                    shown += os.read(controller, 65536)
                except OSError:  # the other end was closed
                    break
            elif process.poll() is not None:
                break
            if ready in shown and not pressed:
                os.write(controller, keys)
                pressed = True
        return process.wait(10), shown.decode("utf-8", "replace")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        os.close(controller)


class TestProcess:
    def test_it_opens_in_a_terminal_and_leaves_it_as_it_was(self, volume: Path) -> None:
        code = f"from omezarr_tui.cli import main; raise SystemExit(main([{str(volume)!r}]))"
        done, shown = in_terminal(code, b"q", ready=b"quit")
        assert done == 0
        assert "volume.ome.zarr" in shown
        start, end = shown.index("\x1b[?1049h"), shown.rindex("\x1b[?1049l")
        assert start < shown.index("volume.ome.zarr") < end
        assert not any(letter in shown[end:] for letter in ("Error", "Traceback"))

    def test_a_mistake_of_its_own_ends_it_with_one_sentence(self, volume: Path) -> None:
        code = (
            "from omezarr_tui.cli import main\n"
            "from omezarr_tui.tui.screens.browse import BrowseScreen\n"
            "def boom(self): raise RuntimeError('[/x] boom')\n"
            "BrowseScreen.action_help = boom\n"
            f"raise SystemExit(main([{str(volume)!r}]))"
        )
        done, shown = in_terminal(code, b"?", ready=b"quit")
        told = shown[shown.rindex("\x1b[?1049l") :]
        assert done == 1
        assert "omezarr-tui stopped because of a mistake of its own." in told
        assert "[/x] boom" in told
        assert "Traceback" not in told
        assert "crash.txt" in told.replace("\r\n", "")
