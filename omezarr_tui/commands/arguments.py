"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from typing import Any

from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.settings import Settings
from omezarr_tui.store.access import Options
from omezarr_tui.store.location import BUCKETS, Location, parse_location
from omezarr_tui.store.rules import as_set


def add_place(parser: argparse.ArgumentParser, *, optional: str = "") -> None:
    """Add LOCATION, which may be left out where it is said what happens then, and NODE."""
    parser.add_argument(
        "location",
        metavar="LOCATION",
        nargs="?" if optional else None,
        help="the path or URL of a store, or of a folder of stores"
        + (f"; without it {optional}" if optional else ""),
    )
    parser.add_argument(
        "node",
        metavar="NODE",
        nargs="?",
        default="",
        help="the path of a node inside of it, such as labels/nuclei; without it the root",
    )


def add_access(parser: argparse.ArgumentParser) -> None:
    """Add how a remote place is asked."""
    group = parser.add_argument_group("remote places")
    group.add_argument("--profile", metavar="NAME", help="whose AWS credentials count")
    group.add_argument(
        "--endpoint-url", metavar="URL", help="the server that speaks S3, such as MinIO's or Ceph's"
    )
    group.add_argument(
        "--anon",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="send no credentials, or insist on them; without it, what works",
    )
    group.add_argument(
        "--storage-option",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        type=_pair,
        help="a setting of the library that reads: obstore, or an fsspec file system; repeatable",
    )


def place_of(args: argparse.Namespace, settings: Settings) -> tuple[Location, Options]:
    """The location that was typed, and how it is opened."""
    location = parse_location(args.location)
    if args.endpoint_url and location.protocol not in BUCKETS:
        raise UserError(
            "--endpoint-url goes with a bucket, of s3://, gs:// or az://",
            f"{location.url} is on its own server",
            exit_code=ExitCode.USAGE,
        )
    return as_set(location, options_of(args), settings)


def options_of(args: argparse.Namespace) -> Options:
    """How places are opened, as it was typed."""
    endpoint = args.endpoint_url
    if endpoint:  # a mistake in it is told now
        endpoint = Location(BUCKETS[0], "").with_endpoint(endpoint).endpoint
    return Options(
        read_only=getattr(args, "read_only", True),
        profile=args.profile,
        anonymous=args.anon,
        storage=dict(args.storage_option),
        endpoint=endpoint or None,
    )


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError("it must look like KEY=VALUE")  # not told: a secret
    return key, value


def add_level(parser: argparse.ArgumentParser, without: str) -> None:
    """Add ``--level``, and say what counts without it."""
    parser.add_argument(
        "--level",
        type=count,
        metavar="N",
        help=f"the level of an image, 0 is the finest; without it {without}",
    )


def count(text: str) -> int:
    """A whole number from 0 up."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


class Joined(argparse.Action):
    """Said several times, all of it counts: ``--at t=1 --at z=5`` is ``--at t=1,z=5``."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Add what was said to what was said before."""
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, f"{before},{values}" if before else values)
