"""The smallest Textual app that shows something: what the program's first frame is held against."""

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT = "nothing but this"


class EmptyApp(App[None]):
    """One line of text, with Textual's own theme and style."""

    def compose(self) -> ComposeResult:
        yield Static(TEXT)


if __name__ == "__main__":
    EmptyApp().run()
