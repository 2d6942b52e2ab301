"""To the tree and to the first plane over a network, against what else opens such stores.

The network is a proxy on this machine that lets each request wait, 30 ms unless told
otherwise, before an S3 server (moto) or nginx, which lists nothing. It counts requests, the
longest chain of requests that waited for one another (round trips), and bytes of answers.
New connections cost nothing here. moto with the proxy takes 3 to 4 ms for a request, one at a
time: of hundreds of requests that is most of the time, and `--latency 0` tells how much.

The tree is the root and its children with shape and data type: the program's first page of
200 rows, `open_group` and `members`, `ome_zarr info` and `yaozarrs tree --depth 1`. The last
two go their own ways: `info` reads the levels of every well of a plate and no tree, `tree`
shows a plate's wells and not its rows. The first plane is the picture for 40 × 140 cells, from
the root alone and without the tree. The program finds level and region by itself; the others
are told, and read the same region of the same array and make no picture. Of a plate it is the
first field of the first well, as the plate's and the well's metadata name them.

Each contender has a process of its own, where all is imported; each run opens the store anew,
with new objects and connections. Whoever takes more than two seconds runs once. It is checked
that all found the same children, and that the picture's samples are the averages of the
region that zarr-python reads.

Needs nginx, and moto as the tests do. Of a contender that is not installed, that is told.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import one_thread  # noqa: F401 - it must come before numpy
from measuring import alternate, parser, report
from remote_checks import check_planes, check_trees, sampling_of
from remote_stores import WELLS, write_image, write_wells
from remote_ways import (
    OBSTORE,
    PROGRAM,
    WAYS,
    Place,
    get_ready,
    run,
)
from stores import WIDTH, write_wide

from omezarr_tui.image.sampling import Sampling

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from servers.buckets import upload
from servers.proxy import Proxy, proxied
from servers.requests import round_trips
from servers.s3 import PUBLIC, REGION, S3Server, s3_server
from servers.web import WebServer, web_server

GOALS = {"tree": "To the tree", "plane": "To the first plane"}
_SLOW = 2.0  # seconds after which a contender's first run is its only one
_ALL = tuple(WAYS)


@dataclass(frozen=True)
class Case:
    """A store that is looked at.

    Parameters
    ----------
    name
        In words; with ``HTTP`` it lies on the web server, else on S3.
    write
        Writes it into a new folder.
    is_plate
        Whether it is a plate.
    has_pixels
        Whether there is a plane to show.
    who
        The contenders that are tried.
    """

    name: str
    write: Callable[[Path], None]
    is_plate: bool = False
    has_pixels: bool = True
    who: tuple[str, ...] = _ALL


CASES = [
    *(
        Case(
            f"v{form} image{', consolidated' if consolidated else ''}",
            partial(write_image, zarr_format=form, consolidated=consolidated),
        )
        for form in (2, 3)
        for consolidated in (False, True)
    ),
    Case(
        "v3 image, sharded", partial(write_image, zarr_format=3, consolidated=False, sharded=True)
    ),
    *(
        Case(f"v3 image, {how}HTTP", partial(write_image, zarr_format=3, consolidated=bool(how)))
        for how in ("", "consolidated, ")
    ),
    *(
        Case(f"v{form} plate of {WELLS} wells", partial(write_wells, zarr_format=form), True)
        for form in (2, 3)
    ),
    Case(f"group of {WIDTH:,} arrays", write_wide, has_pixels=False, who=(PROGRAM, OBSTORE)),
]


@dataclass(frozen=True)
class Cost:
    """What a run took."""

    seconds: float
    requests: int
    round_trips: int
    nbytes: int


@dataclass
class Result:
    """What a contender's runs took, and what it came to: the first failure, if any."""

    costs: list[Cost]
    found: Any

    @property
    def seconds(self) -> float:
        """The median."""
        return median(cost.seconds for cost in self.costs)


@dataclass(frozen=True)
class Network:
    """Both servers, each behind a proxy."""

    s3: S3Server
    web: WebServer
    s3_proxy: Proxy
    web_proxy: Proxy

    def put(self, case: Case, folder: Path) -> tuple[str, Proxy]:
        """Put a store where a case wants it; its URL by way of the proxy, and that."""
        if case.name.endswith("HTTP"):
            (self.web.folder / folder.name).symlink_to(folder)
            return f"{self.web_proxy.url}/{folder.name}", self.web_proxy
        upload(self.s3.bucket(PUBLIC), folder, f"{folder.name}/")
        return f"s3://{PUBLIC}/{folder.name}", self.s3_proxy


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__, runs=5)
    arguments.add_argument("--latency", type=float, default=30, metavar="MS", help="else 30")
    arguments.add_argument("--only", default="", help="part of a store's name, as 'plate'")
    asked = arguments.parse_args()
    measured: dict[str, dict[str, dict[str, Result]]] = {goal: {} for goal in GOALS}
    with (
        TemporaryDirectory() as folder,
        _network(Path(folder)) as network,
        _processes() as processes,
    ):
        for number, case in enumerate(CASES):
            if asked.only not in case.name:
                continue
            store = Path(folder) / f"store{number}"
            case.write(store)
            url, proxy = network.put(case, store)
            proxy.latency = asked.latency / 1000
            sampling = sampling_of(store, is_plate=case.is_plate) if case.has_pixels else None
            place = _place(case, url, sampling)
            tree = _race(case, "tree", place, processes, proxy, asked.runs)
            check_trees(store, _found(tree))
            measured["tree"][case.name] = tree
            if sampling is not None:
                planes = _race(case, "plane", place, processes, proxy, asked.runs)
                check_planes(sampling, _found(planes))
                measured["plane"][case.name] = planes
            print(f"measured {case.name}", file=sys.stderr)
    _print(measured, asked.latency, as_json=asked.json)


@contextmanager
def _network(folder: Path) -> Iterator[Network]:
    for name in ("s3", "web"):
        (folder / name).mkdir()
    with (
        s3_server(folder / "s3") as s3,
        web_server(folder / "web") as web,
        proxied(s3.endpoint) as s3_proxy,
        proxied(web.plain) as web_proxy,
    ):
        os.environ.update(S3Server(s3_proxy.url).environment, AWS_DEFAULT_REGION=REGION)
        yield Network(s3, web, s3_proxy, web_proxy)


Processes = Mapping[str, ProcessPoolExecutor]


@contextmanager
def _processes() -> Iterator[Processes]:
    """A process for each contender that is installed."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                ProcessPoolExecutor(1, context, initializer=get_ready, initargs=(name,))
            )
            for name, way in WAYS.items()
            if way.is_here
        }


def _race(
    case: Case, goal: str, place: Place, processes: Processes, proxy: Proxy, runs: int
) -> dict[str, Result]:
    """Let all contenders run that can, in turns."""
    results: dict[str, Result] = {}
    contenders = {}
    for name in case.who:
        if name not in processes or getattr(WAYS[name], goal) is None:
            continue

        def contender(name: str = name) -> float:
            proxy.forget()
            seconds, found = processes[name].submit(run, name, goal, place).result()
            requests = proxy.settled()
            cost = Cost(seconds, len(requests), round_trips(requests), proxy.nbytes)
            results.setdefault(name, Result([], found)).costs.append(cost)
            return cost.seconds

        if contender() < _SLOW and not isinstance(results[name].found, Exception):
            contenders[name] = contender
            results[name].costs.clear()  # it imported the rest of what it needs
    alternate(contenders, runs, discarded=0)
    return results


def _place(case: Case, url: str, sampling: Sampling | None) -> Place:
    if sampling is None:
        return Place(url, case.is_plate, "", ())
    return Place(url, case.is_plate, sampling.array.name, sampling.region)


def _found(results: Mapping[str, Result]) -> dict[str, Any]:
    """What the contenders found, but for those that failed."""
    return {
        name: result.found
        for name, result in results.items()
        if not isinstance(result.found, Exception)
    }


# -- the tables -----------------------------------------------------------------------------


def _print(
    measured: Mapping[str, Mapping[str, Mapping[str, Result]]], latency: float, *, as_json: bool
) -> None:
    notes = []
    for goal, title in GOALS.items():
        if not measured[goal]:
            continue
        columns = [name for name, way in WAYS.items() if getattr(way, goal) is not None]
        lines = [f"{title} at {latency:g} ms: requests in round trips, bytes, median time\n"]
        lines.append(f"| | {' | '.join(columns)} | ratio to the fastest other |")
        lines.append("|---|" + "---:|" * (len(columns) + 1))
        for name, results in measured[goal].items():
            cells = [_cell(who, results.get(who)) for who in columns]
            lines.append(f"| {name} | {' | '.join(cells)} | {_ratio(results)} |")
        notes.append("\n".join(lines) + "\n")
        notes += [
            f"{name}: {who} failed: {str(result.found).splitlines()[0]}"
            for name, results in measured[goal].items()
            for who, result in results.items()
            if isinstance(result.found, Exception)
        ]
    extra = {
        "latency": latency,
        **{
            goal: {
                name: {
                    who: {
                        "failed": str(result.found)
                        if isinstance(result.found, Exception)
                        else None,
                        "runs": [asdict(cost) for cost in result.costs],
                    }
                    for who, result in results.items()
                }
                for name, results in of_goal.items()
            }
            for goal, of_goal in measured.items()
        },
    }
    report([], as_json=as_json, notes=notes, extra=extra)


def _cell(who: str, result: Result | None) -> str:
    if result is None:
        return "–" if WAYS[who].is_here else "not installed"
    requests, trips, nbytes = (
        round(median(getattr(cost, what) for cost in result.costs))
        for what in ("requests", "round_trips", "nbytes")
    )
    time = f"{result.seconds * 1000:.0f} ms" if result.seconds < 10 else f"{result.seconds:.0f} s"
    cost = f"{requests:,} in {trips:,}, {nbytes / 1000:.0f} kB, {time}"
    return f"fails after {cost}" if isinstance(result.found, Exception) else cost


def _ratio(results: Mapping[str, Result]) -> str:
    others = [
        result.seconds
        for name, result in results.items()
        if name != PROGRAM and not isinstance(result.found, Exception)
    ]
    return f"{results[PROGRAM].seconds / min(others):.2g} ×" if others else ""


if __name__ == "__main__":
    main()
