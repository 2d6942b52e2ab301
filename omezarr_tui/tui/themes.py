"""The program's own two themes; Textual's can be chosen as well."""

from textual.theme import Theme

# Styles of text within a line; Textual resolves the names in the theme that is chosen.
QUIET = "$foreground 60%"
DIM = "$foreground 35%"
WARNING = "$warning"
KEY = "bold $primary"

THEMES = (
    Theme(
        name="omezarr-dark",
        primary="#5FA8D3",
        secondary="#3D5A73",
        accent="#E0A458",
        warning="#E0A458",
        error="#E06C75",
        success="#7FB685",
        foreground="#D6DCE4",
        background="#0F1419",
        surface="#151B22",
        panel="#1E2630",
        dark=True,
    ),
    Theme(
        name="omezarr-light",
        primary="#1F6B9C",
        secondary="#8FB3CC",
        accent="#9A5B00",
        warning="#9A5B00",
        error="#B3261E",
        success="#2E6B3A",
        foreground="#1B2430",
        background="#FAFBFC",
        surface="#F1F4F7",
        panel="#E2E8EE",
        dark=False,
    ),
)
