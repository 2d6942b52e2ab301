"""The command line: what can be typed, and what the shell is answered."""

from __future__ import annotations

import argparse
import atexit
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn, Protocol, cast

from omezarr_tui import __version__
from omezarr_tui.commands.output import Output
from omezarr_tui.errors import ExitCode, UserError, explain
from omezarr_tui.text import listed

PROGRAM = "omezarr-tui"
DEBUG = "OMEZARR_TUI_DEBUG"
# What shells answer for a program that these signals ended: 128 and the signal's number.
_INTERRUPTED, _BROKEN_PIPE = 130, 141
# Their values may well begin with a minus, which argparse takes for an option.
_SELECTING = ("--at", "--select", "--value", "--add", "--multiply", "--min", "--max", "--replace")

# Each has a file of its own, imported when it is wanted: so --help is fast.
_COMMANDS = {
    "open": "open the program; the word itself may be left out",
    "demo": "write a small store of real images, and open it",
    "tree": "print the hierarchy",
    "info": "print what is known of a node",
    "show": "print a plane of an image, or values of an array",
    "export": "write exact values as a file: NumPy, TIFF or CSV",
    "validate": "check against the specifications of OME-Zarr and Zarr",
    "set": "change pixels: fill, add, multiply, limit, replace, where a condition holds",
    "copy-plane": "let a bad plane become what another one is",
    "interpolate": "make bad planes from the sound ones beside them",
    "attr": "change metadata: pixel sizes, units, names, channels, or any attribute",
    "rename": "give a node another name or place, with all that names it",
    "delete": "take a node away, and out of all that names it",
    "level": "add a coarser level to a pyramid, or drop one",
    "channels": "put channels into another order, or delete some",
    "consolidate": "write consolidated metadata, or drop them",
    "fix": "mend what validate finds, where that can be done by itself",
    "history": "list the edits of a store",
    "undo": "take back what was edited last, byte for byte",
    "redo": "make again what was undone last",
    "recover": "put back or finish an edit that was interrupted",
}
_SUMMARY = "Browse, preview, check and edit Zarr and OME-Zarr stores in the terminal."
_EXAMPLES = f"""\
examples:
  {PROGRAM} image.ome.zarr            open a store
  {PROGRAM} image.ome.zarr s1         open it at a node
  {PROGRAM} demo                      try it on real images, with nothing at hand
  {PROGRAM} tree image.ome.zarr       print what is in it
  {PROGRAM} COMMAND --help            what a command can do

A location that is called like a command is opened as ./tree, or as: {PROGRAM} open tree

exit codes: 0 done, 1 the store has problems, 2 usage, 3 cannot be opened or read
{DEBUG}=1 in the environment shows where in the program an error came from.
"""


class Command(Protocol):
    """What the file of a command holds."""

    DETAILS: str
    """What ``--help`` says after the arguments: what is special, and examples."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments there are."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it, and give the exit code."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are told like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the arguments."""
        raise UserError(message, f"see: {self.prog} --help", exit_code=ExitCode.USAGE)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv
        The arguments; None for those of the process.

    Returns
    -------
    code
        An `ExitCode`, or 130 where the user broke it off, or 141 where nobody reads its
        output any more.
    """
    # Averages are many small products of matrices: the threads of BLAS, one for each core of a
    # server, would wait for one another most of the time (154 ms where one thread takes 20).
    for library in ("OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    if sys.stdout is None:  # it was closed: what would be printed goes nowhere
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        if not os.environ.get(DEBUG):
            _quieten()
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python flushes once more when it ends: to nowhere, or it would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except UserError as error:
        _tell(error)
        return error.exit_code
    except OSError as error:
        _tell(UserError("The operating system refused", explain(error)))
        return ExitCode.UNREADABLE
    except Exception as error:
        why = f"{type(error).__name__}: {explain(error)}; {DEBUG}=1 shows more"
        _tell(UserError("It ended with an error that was not foreseen", why))
        return ExitCode.UNREADABLE
    finally:
        _leave_zarr()


def script() -> NoReturn:
    """Run a command, and end the process with its exit code."""
    code = main()
    if "omezarr_tui.store.remote" in sys.modules:
        # Threads that wait for a server would be waited for in turn, and obstore's may hand
        # something to Python while it ends, which aborts.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _leave_zarr() -> None:
    """Keep zarr-python from closing its event loop at the end: amid a read that fails, loudly."""
    busy = sys.modules.get("zarr.core.sync")
    if busy is not None and hasattr(busy, "cleanup_resources"):
        atexit.unregister(busy.cleanup_resources)


def _quieten() -> None:
    """Let no library write between the lines of the output, up to the very end."""
    warnings.simplefilter("ignore")  # zarr-python warns of what a user can do nothing about
    # And where one chunk cannot be read it leaves the tasks that read its siblings pending,
    # of which asyncio tells, one by one, when the program ends.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def _run(argv: list[str]) -> int:
    if argv and argv[0] in ("-h", "--help"):
        _overview().print_help()
        return ExitCode.DONE
    if argv and argv[0] in ("-V", "--version"):
        from omezarr_tui.store.fast import what_reads

        print(f"{PROGRAM} {__version__}\n{what_reads()}")
        return ExitCode.DONE
    name, arguments = _named_command(argv)
    command = cast(Command, import_module(f"omezarr_tui.commands.{name.replace('-', '_')}"))
    parser = _Parser(
        prog=f"{PROGRAM} {name}",
        description=f"{_COMMANDS[name][0].upper()}{_COMMANDS[name][1:]}.",
        epilog=command.DETAILS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    # Intermixed: `show image --level 1 NODE` is as good as `show image NODE --level 1`.
    try:
        parsed = parser.parse_intermixed_args(_plain(arguments))
    except SystemExit:  # after --help
        return ExitCode.DONE
    return command.run(parsed)


def _named_command(argv: list[str]) -> tuple[str, list[str]]:
    """Which command is meant, and its arguments: what is no command is a location."""
    if argv and argv[0] in _COMMANDS:
        return argv[0], argv[1:]
    first = next((word for word in argv if not word.startswith("-")), "")
    if first.isalpha() and not Path(first).exists():
        raise UserError(
            f"There is nothing at {first}, and it is no command either",
            f"the commands are {listed(list(_COMMANDS))}; see: {PROGRAM} --help",
        )
    return "open", argv


def _plain(arguments: list[str]) -> list[str]:
    """The arguments without what argparse stumbles over.

    ``--select -1,:`` becomes ``--select=-1,:``, and what follows ``--`` and begins with a
    minus, which is always a path, becomes ``./-path``.
    """
    plain: list[str] = []
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for word in arguments[:end]:
        if plain and plain[-1] in _SELECTING and word.startswith("-"):
            plain[-1] += f"={word}"
        else:
            plain.append(word)
    return plain + [f"./{w}" if w.startswith("-") else w for w in arguments[end + 1 :]]


def _tell(error: UserError) -> None:
    output = Output(sys.stderr)
    with suppress(BrokenPipeError):
        for line in f"{PROGRAM}: {error}".splitlines():
            output.line(line)
    if os.environ.get(DEBUG):
        traceback.print_exc()


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, _COMMANDS))
    commands = "".join(f"  {name:<{width}} {what}\n" for name, what in _COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [open] [LOCATION] [NODE] [--read-only]\n       {PROGRAM} COMMAND ...",
        description=_SUMMARY,
        epilog=f"commands:\n{commands}\n{_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    return parser
