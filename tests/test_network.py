"""Slow, faulty and dying servers: what is tried again, told, and given up."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import obstore
import pytest
from foreign import Foreign
from looking import request_of
from servers.buckets import upload
from servers.faults import Answer, Fault, Hang, Reset, Stall, Truncate
from servers.proxy import Proxy
from servers.requests import most_at_once, round_trips
from servers.s3 import S3Server
from servers.web import WebServer

from omezarr_tui.errors import UserError, is_lost
from omezarr_tui.image.picture import Painter
from omezarr_tui.image.reader import Reader
from omezarr_tui.ome.discover import image_of, named_children
from omezarr_tui.store import objects
from omezarr_tui.store.access import Access, open_access
from omezarr_tui.store.listing import list_page
from omezarr_tui.store.location import parse_location
from omezarr_tui.store.node import Broken, Group
from omezarr_tui.store.opening import open_root
from omezarr_tui.store.waiting import Cancel, Cancelled, given_up_by

STORE = "network"


@pytest.fixture
def proxy(s3: S3Server, proxy_to: Callable[[str], Proxy], foreign: Foreign) -> Iterator[Proxy]:
    """Give a proxy before a bucket that holds an image of five levels."""
    upload(s3.bucket("public"), foreign("ome_zarr_py_05").path, f"{STORE}/")
    upload(s3.bucket("public"), foreign("v3_sharded").path, "sharded/")
    return proxy_to(s3.endpoint)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for retries as shortly as can be."""
    from datetime import timedelta

    short = {"init_backoff": timedelta(milliseconds=5), "max_backoff": timedelta(milliseconds=20)}
    monkeypatch.setitem(objects.RETRIES, "backoff", {**short, "base": 2})
    monkeypatch.setattr("omezarr_tui.store.credentials._LIMITS", {"timeout": "1s"})


def opened(proxy: Proxy, store: str = STORE) -> Access:
    return open_access(replace(parse_location(f"s3://public/{store}"), endpoint=proxy.url))


def picture(access: Access) -> Painter:
    """A painter that has shown the image's picture."""
    image = image_of(access, open_root(access))
    assert image is not None
    painter = Painter(Reader(access))
    painter.paint(request_of(image))
    return painter


class TestFewRequests:
    def test_the_tree_takes_two_round_trips(self, proxy: Proxy) -> None:
        proxy.latency = 0.03
        access = opened(proxy)
        root = open_root(access)
        assert isinstance(root, Group)
        page = list_page(access, root, 200, named_children)
        requests = proxy.settled()
        assert round_trips(requests) == 2
        documents = {request.path for request in requests if request.status == 200}
        assert len(documents) == len(page.nodes) + 2  # the root's, and one list of names
        assert len(requests) <= len(documents) + 4  # of a root whose format nobody knew

    def test_the_picture_takes_one_more(self, proxy: Proxy) -> None:
        access = opened(proxy)
        root = open_root(access)
        assert isinstance(root, Group)
        list_page(access, root, 200, named_children)
        proxy.settled()
        proxy.forget()
        proxy.latency = 0.03
        painter = picture(access)
        requests = proxy.settled()
        assert round_trips(requests) == 1
        assert all("/c/" in request.path for request in requests)
        proxy.forget()
        image = image_of(access, root)
        assert image is not None
        painter.paint(request_of(image))
        assert proxy.settled() == []

    def test_nothing_is_asked_twice(self, proxy: Proxy) -> None:
        access = opened(proxy)
        for _ in range(2):
            root = open_root(access)
            assert isinstance(root, Group)
            list_page(access, root, 200, named_children)
        asked = [request.path for request in proxy.settled()]
        assert len(asked) == len(set(asked))

    def test_many_documents_are_asked_for_together(self, proxy: Proxy) -> None:
        proxy.latency = 0.05
        access = opened(proxy)
        access.documents([f"a{number}" for number in range(100)], 3)
        assert most_at_once(proxy.settled()) > 50

    def test_what_is_counted_is_what_went(self, proxy: Proxy) -> None:
        access = opened(proxy)
        picture(access)
        requests = proxy.settled()
        assert access.traffic is not None
        assert access.traffic.requests == len(requests)
        assert access.traffic.waiting() == (0, 0.0)
        assert 0 < access.traffic.nbytes <= sum(request.nbytes for request in requests)


class TestFaults:
    @pytest.mark.parametrize(
        "fault",
        [Answer(500), Answer(503), Answer(429, {"Retry-After": "0"}), Reset(), Truncate()],
    )
    def test_a_fault_that_passes_is_not_seen(self, proxy: Proxy, fault: Fault) -> None:
        proxy.fail(fault, times=2)
        access = opened(proxy)
        root = open_root(access)
        assert isinstance(root, Group)
        proxy.fail(fault, times=2)
        picture(access)

    @pytest.mark.parametrize("fault", [Hang(), Stall()])
    def test_a_request_that_hangs_is_made_again(self, proxy: Proxy, fault: Fault) -> None:
        access = opened(proxy)
        open_root(access)
        proxy.fail(fault, times=1)
        picture(access)

    @pytest.mark.parametrize(
        ("fault", "words"),
        [(Answer(500), "500"), (Answer(429), "429"), (Reset(), "cannot be reached")],
    )
    def test_a_fault_that_stays_is_told(self, proxy: Proxy, fault: Fault, words: str) -> None:
        access = opened(proxy)
        root = open_root(access)
        image = image_of(access, root)
        assert image is not None
        proxy.fail(fault)
        with pytest.raises(UserError, match="cannot be read at") as told:
            Painter(Reader(access)).paint(request_of(image))
        assert words in told.value.why
        with pytest.raises(UserError) as told:
            open_root(opened(proxy))
        assert words in told.value.why

    def test_one_document_fails_alone(self, proxy: Proxy) -> None:
        proxy.fail(Answer(500), where=lambda request: "/s1/zarr.json" in request.path)
        access = opened(proxy)
        root = open_root(access)
        assert isinstance(root, Group)
        nodes = {node.path: node for node in list_page(access, root, 200, named_children).nodes}
        assert [path for path, node in nodes.items() if type(node).__name__ == "Broken"] == ["s1"]
        proxy.heal()
        nodes = {node.path: node for node in list_page(access, root, 200, named_children).nodes}
        assert not [path for path, node in nodes.items() if type(node).__name__ == "Broken"]

    def test_a_server_that_went_is_lost_and_found(self, proxy: Proxy) -> None:
        access = opened(proxy)
        image = image_of(access, open_root(access))
        assert image is not None
        painter = Painter(Reader(access))
        proxy.down()
        with pytest.raises(UserError) as told:
            painter.paint(request_of(image))
        assert is_lost(told.value)
        proxy.up()
        painter.paint(request_of(image))


class TestGivingUp:
    @pytest.mark.parametrize("store", [STORE, "sharded"])
    @pytest.mark.parametrize("fault", [Hang(), Stall()])
    def test_reading(self, proxy: Proxy, fault: Fault, store: str) -> None:
        access = opened(proxy, store)
        root = open_root(access)
        assert isinstance(root, Group)
        node = next(n for n in list_page(access, root, 9, named_children).nodes if n.path != "x")
        image = image_of(access, root) or image_of(access, node)
        assert image is not None
        proxy.fail(fault)
        assert_given_up(lambda: Painter(Reader(access)).paint(request_of(image)), proxy)

    def test_listing(self, proxy: Proxy) -> None:
        proxy.fail(Hang())
        assert_given_up(lambda: open_root(opened(proxy)), proxy)


def assert_given_up(work: Callable[[], object], proxy: Proxy) -> None:
    """Whether work that hangs ends as soon as it is cancelled, with its requests."""
    cancel = Cancel()
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            with given_up_by(cancel):
                work()
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    proxy.forget()
    thread = threading.Thread(target=run)
    thread.start()
    while not proxy.requests:
        time.sleep(0.01)
    began = time.monotonic()
    cancel.set()
    thread.join(5)
    assert [type(error) for error in ended] == [Cancelled]
    assert time.monotonic() - began < 0.9  # less than any timeout or retry


class TestRefusals:
    @pytest.mark.parametrize(
        "fault",
        [Answer(401), Answer(403), Answer(400, body=b"<Error><Code>ExpiredToken</Code></Error>")],
    )
    def test_a_refused_chunk_is_no_missing_one(self, proxy: Proxy, fault: Fault) -> None:
        access = opened(proxy)
        image = image_of(access, open_root(access))
        assert image is not None
        proxy.fail(fault, where=lambda request: "/c/" in request.path)
        with pytest.raises(UserError, match="cannot be read at"):
            Painter(Reader(access)).paint(request_of(image))
        assert access.doubt is None

    def test_a_refused_document_is_no_missing_one(self, proxy: Proxy) -> None:
        proxy.fail(Answer(403), where=lambda request: "/s1/" in request.path)
        access = opened(proxy)
        root = open_root(access)
        assert isinstance(root, Group)
        nodes = {node.path: node for node in list_page(access, root, 200, named_children).nodes}
        broken = nodes["s1"]
        assert isinstance(broken, Broken)
        assert "refuses access" in broken.detail

    def test_where_a_refusal_may_mean_missing_it_is_told(
        self, proxy: Proxy, s3: S3Server, foreign: Foreign
    ) -> None:
        upload(s3.bucket("unlisted"), foreign("ome_zarr_py_05").path, f"{STORE}/")
        location = replace(parse_location(f"s3://unlisted/{STORE}"), endpoint=proxy.url)
        access = open_access(location)
        image = image_of(access, open_root(access))
        assert image is not None
        proxy.fail(Answer(403), where=lambda request: "/c/" in request.path)
        Painter(Reader(access)).paint(request_of(image))
        assert "refuses access" in (access.doubt or "")


class TestWebServers:
    @pytest.mark.parametrize("status", [400, 405, 429, 500, 501])
    def test_what_is_no_list_of_a_folder_hides_nothing(
        self, web: WebServer, proxy_to: Callable[[str], Proxy], foreign: Foreign, status: int
    ) -> None:
        link = web.folder / "folder-answers"
        if not link.exists():
            link.symlink_to(foreign("ome_zarr_py_05").path)
        proxy = proxy_to(web.plain)
        proxy.fail(Answer(status), where=lambda request: request.path.endswith("/"))
        access = open_access(parse_location(f"{proxy.url}/folder-answers"))
        root = open_root(access)
        assert isinstance(root, Group)
        page = list_page(access, root, 200, named_children)
        assert {"s0", "s1"} <= {node.path for node in page.nodes}
        assert not page.complete

    @pytest.mark.parametrize("body", [b'{"error": "not found"}', b"", b"Not found"])
    def test_success_for_what_is_missing(
        self, web: WebServer, proxy_to: Callable[[str], Proxy], foreign: Foreign, body: bytes
    ) -> None:
        link = web.folder / "always-200"
        if not link.exists():
            link.symlink_to(foreign("ome_zarr_py_04").path)
        proxy = proxy_to(web.plain)
        proxy.fail(Answer(200, body=body), where=lambda r: r.path.endswith("/zarr.json"))
        root = open_root(open_access(parse_location(f"{proxy.url}/always-200")))
        assert isinstance(root, Group)
        assert root.zarr_format == 2


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{not json", "is not valid JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
    ],
)
def test_a_broken_root_is_named_for_what_it_is(s3: S3Server, document: bytes, words: str) -> None:
    obstore.put(s3.bucket("public"), "bad/zarr.json", document)
    location = replace(parse_location("s3://public/bad"), endpoint=s3.endpoint)
    with pytest.raises(UserError, match=words):
        open_root(open_access(location))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"attributes.json": b'{"n5": "2.0.0"}', "c0/attributes.json": b"{}"}, "N5"),
        ({"refs/branch.main/a": b"x", "snapshots/b": b"x", "manifests/c": b"x"}, "Icechunk"),
    ],
)
def test_other_formats_are_named(s3: S3Server, keys: dict[str, bytes], words: str) -> None:
    for key, raw in keys.items():
        obstore.put(s3.bucket("public"), f"other-{words}/{key}", raw)
    location = replace(parse_location(f"s3://public/other-{words}"), endpoint=s3.endpoint)
    with pytest.raises(UserError, match=words):
        open_root(open_access(location))
