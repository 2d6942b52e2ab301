"""What a user is told when something fails: what, where, why, and what to do."""

from __future__ import annotations

from enum import IntEnum

from omezarr_tui.text import visible


class ExitCode(IntEnum):
    """What the commands answer to the shell."""

    DONE = 0
    PROBLEMS = 1  # the store was read, and has problems
    USAGE = 2
    UNREADABLE = 3  # the store, or the node asked for, cannot be opened or read


class UserError(Exception):
    """A failure told in one plain sentence, with its cause on a line of its own.

    Parameters
    ----------
    what
        What failed and where, as a sentence without the full stop.
    why
        The cause, and what to do about it where there is something.
    exit_code
        What a command that ends with this error answers to the shell.
    """

    def __init__(
        self, what: str, why: str = "", *, exit_code: ExitCode = ExitCode.UNREADABLE
    ) -> None:
        super().__init__(what)
        self.what = visible(what)
        self.why = visible(why)
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.what}\n  {self.why}" if self.why else self.what


def is_lost(error: BaseException | None) -> bool:
    """Whether the network failed, so that the same may well work in a while."""
    while error is not None:
        if isinstance(error, ConnectionError | TimeoutError):
            return True
        error = error.__cause__
    return False


def explain(error: BaseException) -> str:
    """Any exception's cause in one line of plain words, for a detail line."""
    if isinstance(error, UserError):
        return f"{error.what}: {error.why}" if error.why else error.what
    if isinstance(error, PermissionError) and error.errno is not None:
        return f"permission denied: {visible(error.filename or '')}".rstrip(": ")
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError) and error.strerror:
        return visible(f"{error.strerror}: {error.filename}" if error.filename else error.strerror)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    if isinstance(error, PermissionError) and not lines:
        first = "permission denied"
    if isinstance(error, KeyError):
        first = f"{type(error).__name__}: {first}"
    return visible(first, 300)
