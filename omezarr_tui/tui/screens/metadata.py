"""Metadata edited from the main screen: a form of what people ask for, or any attributes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on

from omezarr_tui.tui import messages
from omezarr_tui.tui.screens.base import StoreScreen
from omezarr_tui.tui.screens.form import FormScreen, Line

if TYPE_CHECKING:
    from omezarr_tui.edit.around import Around
    from omezarr_tui.edit.described import Described
    from omezarr_tui.edit.field import Field
    from omezarr_tui.edit.operation import Edit

_NAMED = 2  # fields that the history names
_PLACEHOLDERS = {
    "window": "start end, or start end min max",
    "color": "six hexadecimal digits, as 00FF00",
}


class MetadataScreen(StoreScreen):
    """The part of the main screen that edits metadata."""

    # Of attributes that were left before they were written: node, what they were, what was typed.
    _draft: tuple[str, Any, str] | None = None

    def ask_for_fields(self, path: str) -> None:
        """Begin to edit the metadata of a node in a form."""
        self.show_busy("reading the metadata…")
        self.work.describe_for_edit(path, "fields")

    def ask_for_attributes(self, path: str) -> None:
        """Begin to edit the attributes of a node as JSON."""
        self.show_busy("reading the attributes…")
        self.work.describe_for_edit(path, "attributes")

    def take_windows(self, path: str) -> None:
        """Plan to write the windows that are on the screen into the metadata of an image."""
        picture = self.panel.picture
        if picture is None:
            self.tell("No picture is shown whose windows could be taken.")
            return
        told = picture.request.image.multiscale.channels
        windows = {
            layer.channel: layer.window
            for layer in picture.layers
            if layer.channel >= len(told) or told[layer.channel].window != layer.window
        }
        if not windows:
            self.tell("The metadata have the contrast that is on the screen.")
            return

        def make(store: Around) -> Edit:
            from omezarr_tui.edit.described import describe_node
            from omezarr_tui.edit.documents_edit import DocumentsEdit
            from omezarr_tui.edit.fields import changes_of, window_from_screen

            inside = store.from_root(path) or ""
            typed = [window_from_screen(at, w.start, w.end) for at, w in windows.items()]
            changes = changes_of(describe_node(store.access, inside), typed)
            return DocumentsEdit(changes, _title(typed), inside)

        self.plan_edit(make, path)

    @on(messages.DescribedForEdit)
    def _described_for_edit(self, event: messages.DescribedForEdit) -> None:
        self.show_busy("")
        if event.wanted == "fields":
            self._show_fields(event.node, event.path)
        else:
            self._show_attributes(event.node, event.path)

    def _show_fields(
        self, node: Described, path: str, before: dict[str, str] | None = None
    ) -> None:
        from omezarr_tui.edit.fields import changes_of, fields_of

        fields = {field.id: field for field in fields_of(node)}
        if not fields:
            self.tell("This node has no OME-Zarr metadata of an image or a plate.")
            return

        def typed(values: dict[str, str] | Any) -> list[tuple[str, str]]:
            changed = [(name, text) for name, text in values.items() if text != fields[name].value]
            # The ids of an axis hold its name: the names themselves come last.
            return sorted(changed, key=lambda each: each[0].startswith("axis-name."))

        def check(values: Any) -> dict[str, str]:
            problems, after = {}, node  # a unit is judged by the type that was typed before it
            for name, text in typed(values):
                try:
                    after = after.after(changes_of(after, [(name, text)]))
                except ValueError as error:
                    problems[name] = str(error).removeprefix(f"{name}: ")
            return problems

        def answered(values: dict[str, str] | None) -> None:
            if values is None:
                return
            changed = typed(values)
            if not changed:
                self.tell("Nothing was changed in the form.")
                self._show_fields(node, path)
                return

            def make(store: Around) -> Edit:
                from omezarr_tui.edit.described import describe_node
                from omezarr_tui.edit.documents_edit import DocumentsEdit

                inside = store.from_root(path) or ""
                changes = changes_of(describe_node(store.access, inside), changed)
                return DocumentsEdit(changes, _title(changed), inside)

            self.plan_edit(make, path, again=partial(self._show_fields, node, path, values))

        lines = [_line(field) for field in fields.values()]
        name = path.rpartition("/")[2] or self.access.location.name
        form = FormScreen(f"Metadata of {name}", lines, check, typed=before)
        self.app.push_screen(form, answered)

    def _show_attributes(self, node: Described, path: str, text: str | None = None) -> None:
        from omezarr_tui.tui.screens.attributes import AttributesScreen

        def answered(after: dict[str, Any] | None) -> None:
            self._draft = (path, node.attributes, screen.text) if screen.is_kept else None
            if after is None:
                return
            again = partial(self._show_attributes, node, path, screen.text)

            def make(store: Around) -> Edit:
                from omezarr_tui.edit.documents_edit import DocumentsEdit
                from omezarr_tui.edit.json_editing import json_changes

                inside = store.from_root(path) or ""
                changes = json_changes(node.attributes, after, node=inside)
                return DocumentsEdit(changes, "Edit attributes", inside)

            self.plan_edit(make, path, again=again)

        if text is None and self._draft is not None and self._draft[:2] == (path, node.attributes):
            text = self._draft[2]
        name = path.rpartition("/")[2] or self.access.location.name
        screen = AttributesScreen(name, node.attributes, node.zarr_format, node.version, text)
        self.app.push_screen(screen, answered)


def _title(changed: list[tuple[str, str]]) -> str:
    """What is done, for the history."""
    some = [f"{name} = {text}" for name, text in changed[:_NAMED]]
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    return f"Set {', '.join(some)}{more}"


def _line(field: Field) -> Line:
    is_choice = bool(field.choices) and not field.locked
    placeholder = _PLACEHOLDERS.get(field.kind, "")
    return Line(
        field.id,
        field.label,
        field.value,
        hint=field.locked or (placeholder if field.kind == "window" and field.value else ""),
        placeholder=placeholder,
        completions=field.completions,
        # What is none of them, as nothing is there yet, stays so until one is chosen.
        words=tuple(dict.fromkeys([field.value, *field.choices])) if is_choice else (),
        locked=bool(field.locked),
    )
