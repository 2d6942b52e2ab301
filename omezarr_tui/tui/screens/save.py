"""The dialog that saves what is seen, or values, to a file on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, Static

from omezarr_tui.image.export import SUFFIXES, Form
from omezarr_tui.text import format_bytes, format_shape, visible
from omezarr_tui.tui.screens.dialog import Dialog
from omezarr_tui.tui.taking_workers import FoldersFound, NotSaved, Saved, Saving, SavingOn
from omezarr_tui.tui.widgets.choice import Choice
from omezarr_tui.tui.widgets.place_line import Fitting, PlaceLine
from omezarr_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from omezarr_tui.image.part import Part
    from omezarr_tui.image.picture import Picture
    from omezarr_tui.image.save_view import ViewSize
    from omezarr_tui.tui.taking_workers import TakingWorkers

AnyForm = Form | Literal["png"]
_FORMS: tuple[AnyForm, ...] = ("png", "npy", "tiff", "csv")
_SUFFIX: dict[AnyForm, str] = {"png": ".png", "npy": ".npy", "tiff": ".tif", "csv": ".csv"}
_SCALES = (1, 2, 4, 8)
_HINT = "←→ choose · Tab ↑ ↓ next line · Enter saves · Esc leaves"
_READING = "reading and writing…"


class SaveLine(PlaceLine):
    """The line for the file."""

    def __init__(self) -> None:
        super().__init__()
        self.placeholder = "a file on this machine"

    def action_fitting(self, steps: int) -> None:
        """Choose the next of what fits; where nothing is shown, go on to the next line."""
        if self.fitting.count:
            super().action_fitting(steps)
        elif steps > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()


class SaveScreen(Dialog[None]):
    """Asks what, in which format, and where to; then writes it.

    Parameters
    ----------
    parts
        What can be saved, each with its words.
    picture
        What is shown; None where there are values only.
    store
        The name of the store, for that of the file.
    work
        Writes it.
    folder
        Where files are saved first.
    """

    CSS_PATH = ["../styles/open.tcss", "../styles/save.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "back", "Stop, or leave"),
        ("enter", "save", "Save"),
        ("down", "app.focus_next", "Next line"),
        ("up", "app.focus_previous", "Line before"),
    ]

    def __init__(
        self,
        parts: Sequence[tuple[str, Part]],
        picture: Picture | None,
        store: str,
        work: TakingWorkers,
        folder: Path,
    ) -> None:
        super().__init__()
        self._parts, self._picture = parts, picture
        self._store, self._work, self._folder = store, work, folder
        self._forms = _FORMS if picture is not None else _FORMS[1:]
        self._named = ""  # the path that was made up, not typed
        self._there: Path | None = None  # a file that is there; saving once more replaces it
        self._writing = False

    def compose(self) -> ComposeResult:
        """What, as what, how large, where to; and what that will be."""
        with Vertical(classes="dialog", id="save") as dialog:
            dialog.border_title = "Save"
            with Horizontal():
                yield Label("What")
                yield Choice([words for words, _ in self._parts], id="what")
            with Horizontal():
                yield Label("As")
                yield Choice([form.upper() for form in self._forms], id="form")
            with Horizontal(id="of-view"):
                yield Label("Size")
                yield Choice([f"{scale}×" for scale in _SCALES], id="scale")
                yield Choice(["no scale bar", "scale bar"], id="scale-bar")
            with Horizontal():
                yield Label("To")
                yield SaveLine()
            yield Fitting()
            yield Static("", id="save-facts", markup=False)
            yield Static("", id="save-problem", classes="problem", markup=False)
            yield Static(_HINT, classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Save", id="go", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin with a name that tells what it is."""
        self.query_one(Fitting).display = False
        self._name_file()
        self._tell()

    # -- what is chosen -------------------------------------------------------------------

    @property
    def part(self) -> Part:
        """What is saved."""
        return self._parts[self.query_one("#what", Choice).at][1]

    @property
    def form(self) -> AnyForm:
        """The format."""
        return self._forms[self.query_one("#form", Choice).at]

    @property
    def line(self) -> SaveLine:
        """The line for the file."""
        return self.query_one(SaveLine)

    @on(Choice.Changed)
    def _changed(self, event: Choice.Changed) -> None:
        self._there = None
        if self.line.value == self._named:
            self._name_file()
        elif event.choice.id == "form":
            text, suffix = self.line.value, Path(self.line.value).suffix
            if _form_of(suffix) not in (None, self.form):
                self.line.put(text.removesuffix(suffix) + _SUFFIX[self.form])
        self._tell()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._there = None
        asked = _form_of(Path(self.line.value).suffix)
        if asked in self._forms:
            self.query_one("#form", Choice).choose(self._forms.index(asked))
        self._tell()

    def _name_file(self) -> None:
        path = self._folder / f"{self.part.file_name(self._store)}{_SUFFIX[self.form]}"
        home = Path.home()
        told = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
        self._named = told
        self.line.put(told)

    # -- what it will be ------------------------------------------------------------------

    def _tell(self) -> None:
        """Say what will be read and written, and why it cannot be."""
        is_view = self.form == "png"
        self.query_one("#of-view").display = is_view
        self.query_one("#save-facts", Static).update(
            "\n".join(self._view_facts() if is_view else self._value_facts())
        )
        self._say(self._why_not() or "")
        go = self.query_one("#go", Button)
        go.label = "Replace it" if self._there else "Save"
        go.disabled = self._why_not() is not None or self._writing
        go.refresh(layout=True)

    def _say(self, problem: str) -> None:
        self.query_one("#save-problem", Static).update(problem)

    def _view_size(self) -> ViewSize:
        from omezarr_tui.image.save_view import view_size

        assert self._picture is not None
        scale = _SCALES[self.query_one("#scale", Choice).at]
        return view_size(self._picture, self.part.slices, scale)

    def _view_facts(self) -> list[str]:
        size = self._view_size()
        pixels = f"{size.width} × {size.height} px in the colours shown"
        nbytes = format_bytes(size.width * size.height * 3)
        stretched = ""
        if size.is_stretched:
            longer = max(size.down / size.across, size.across / size.down)
            way = "taller" if size.down > size.across else "wider"
            stretched = f"; pixels {longer:.3g}× {way}, as they are"
        return [self.part.place, f"{pixels}, at most {nbytes}{stretched}"]

    def _value_facts(self) -> list[str]:
        part = self.part
        shape = f"{format_shape(part.selection.shape)} {visible(part.array.dtype.name, 40)}"
        size = "texts of any length"
        if part.nbytes is not None:
            size = f"{format_bytes(part.nbytes)} of values"
        if self.form == "csv":
            size += ", more as text"
        read = f"reads {format_bytes(part.decoded_bytes)} of chunks"
        return [part.place, f"{shape}, {size}; {read}"]

    def _why_not(self) -> str | None:
        """Why this cannot be saved; None where it can."""
        text, part = self.line.value.strip(), self.part
        if not text:
            return "type a file's name"
        if "://" in text:
            return "files are saved on this machine's disk"
        asked = _form_of(Path(text).suffix)
        if asked is None:
            return f"its name must end in {', '.join(_SUFFIX[form] for form in self._forms)}"
        if asked not in self._forms:
            return "values have no colours; choose another format"
        shape = part.selection.shape
        if self.form == "tiff":
            from omezarr_tui.image.export_tiff import why_no_tiff

            return why_no_tiff(part.array.dtype.name, shape)
        is_record = part.array.dtype.kind == "structured"
        if self.form == "csv" and len(shape) > (1 if is_record else 2):
            return f"{len(shape)} axes are left, a CSV has room for {1 if is_record else 2}"
        return None

    # -- saving ---------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def action_save(self) -> None:
        """Write it; a file that is there only when that was said."""
        if self._writing or self._why_not():
            return
        out = Path(self.line.value.strip()).expanduser().absolute()
        view = self._picture if self.form == "png" else None
        size = bar = None
        if view is not None:
            from omezarr_tui.image.scale_bar import scale_bar

            size = self._view_size()
            bar = scale_bar(view) if self.query_one("#scale-bar", Choice).at else None
        self._writing = True
        self._say(_READING)
        self._work.save(Saving(self.part, out, out == self._there, view, size, bar))

    def show_progress(self, event: SavingOn) -> None:
        """Say how far it has come."""
        if self._writing:
            self._say(f"{_READING} {event.done / max(1, event.total):4.0%}, Esc stops")

    def saved(self, event: Saved) -> None:
        """It is done."""
        self._writing = False
        self.leave(None)

    def not_saved(self, event: NotSaved) -> None:
        """Say why not; of a file that is there, that the next time replaces it."""
        self._writing = False
        self._there = None
        if event.is_there:
            self._there = Path(self.line.value.strip()).expanduser().absolute()
        self._tell()
        if event.is_there:
            name = visible(Path(self.line.value).name)
            self._say(f"{name} is there already. Enter replaces it; another name keeps it.")
        elif event.error is None:
            self._say("Stopped; nothing was written.")
        else:
            self._say(f"{event.error.what}: {event.error.why}")

    def action_back(self) -> None:
        """Close what fits, stop writing, or leave."""
        if self.line.close():
            return
        if self._writing:
            self._work.stop_taking()
        else:
            self.leave(None)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_back()

    # -- completing -----------------------------------------------------------------------

    @on(PlaceLine.Wanted)
    def _complete(self, event: PlaceLine.Wanted) -> None:
        self._work.find_folders(event.text)

    @on(PlaceLine.Left)
    def _leave_line(self) -> None:
        self.focus_next()

    @on(Rows.Chosen, "#fitting")
    def _chosen_of_fitting(self, event: Rows.Chosen) -> None:
        self.line.take(self.query_one(Fitting).texts[event.at])

    def show_folders(self, event: FoldersFound) -> None:
        """Show what the path may go on to."""
        self.line.show_fitting(event.text, event.texts)


def _form_of(suffix: str) -> AnyForm | None:
    """The format that the end of a name asks for."""
    return "png" if suffix.lower() == ".png" else SUFFIXES.get(suffix.lower())
