"""The proxy passes everything on and counts it, and is as slow and faulty as it is asked to be."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from threading import Thread
from urllib.parse import urlsplit

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store
from servers.buckets import empty
from servers.faults import Answer, Hang, Reset, Stall, Truncate
from servers.http1 import Head
from servers.process import HOST
from servers.proxy import Proxy, proxied
from servers.requests import Request, most_at_once, round_trips
from servers.s3 import KEY_ID, PRIVATE, REGION, SECRET, S3Server
from servers.web import WebServer

CONTENT = bytes(range(256)) * 4000  # larger than what a socket takes at once
LATENCY = 0.03
# A name that clients must write in another way in a URL.
NAME = "a b#%/é"


@pytest.fixture
def proxy(web: WebServer, proxy_to: Callable[[str], Proxy]) -> Proxy:
    """Give a proxy before a file called content."""
    (web.folder / "content").write_bytes(CONTENT)
    return proxy_to(web.plain)


@pytest.fixture
def connection(proxy: Proxy) -> Iterator[HTTPConnection]:
    one = HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
    yield one
    one.close()


def get(connection: HTTPConnection, path: str = "/content", **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers=headers)
    with connection.getresponse() as response:
        return response.status, response.read()


def test_counts_what_it_passes_on(proxy: Proxy, connection: HTTPConnection) -> None:
    assert get(connection) == (200, CONTENT)
    assert get(connection, Range="bytes=10-19") == (206, CONTENT[10:20])
    assert get(connection, "/missing?x=1")[0] == 404
    connection.request("HEAD", "/content")
    with connection.getresponse() as response:
        assert response.headers["Content-Length"] == str(len(CONTENT))
    requests = proxy.settled()
    first, second, third, fourth = requests
    assert [request.method for request in requests] == ["GET", "GET", "GET", "HEAD"]
    assert [request.status for request in requests] == [200, 206, 404, 200]
    assert (first.path, first.range, first.nbytes) == ("/content", None, len(CONTENT))
    assert (second.range, second.nbytes) == ("bytes=10-19", 10)
    assert (third.path, fourth.nbytes) == ("/missing?x=1", 0)
    assert proxy.nbytes == len(CONTENT) + 10 + third.nbytes
    times = [moment for request in requests for moment in (request.began, request.ended)]
    assert times == sorted(moment for moment in times if moment is not None)
    assert round_trips(requests) == 4
    assert most_at_once(requests) == 1
    proxy.forget()
    assert proxy.requests == []


def test_passes_on_signed_requests(s3: S3Server, proxy_to: Callable[[str], Proxy]) -> None:
    empty(s3.bucket(PRIVATE))  # of what other tests put there
    proxy = proxy_to(s3.endpoint)
    bucket = S3Store(
        PRIVATE,
        endpoint=proxy.url,
        region=REGION,
        access_key_id=KEY_ID,
        secret_access_key=SECRET,
        client_options={"allow_http": True},
    )
    obstore.put(bucket, NAME, CONTENT)
    assert obstore.get(bucket, NAME).bytes() == CONTENT
    assert [entry["path"] for entry in obstore.list(bucket).collect()] == [NAME]
    assert [request.method for request in proxy.requests] == ["PUT", "GET", "GET"]
    # A server that is busy or fails, and a connection that breaks: retries get over them.
    for fault in (Answer(503), Answer(500), Reset()):
        proxy.forget()
        proxy.fail(fault, times=2)
        assert obstore.get(bucket, NAME).bytes() == CONTENT
        assert len(proxy.requests) == 3
    empty(s3.bucket(PRIVATE))


def test_latency_is_that_of_each_request(proxy: Proxy, web: WebServer) -> None:
    (web.folder / "small").write_bytes(b"x")
    proxy.latency = LATENCY
    netloc = urlsplit(proxy.url).netloc

    def three_times(_: int) -> list[tuple[int, bytes]]:
        connection = HTTPConnection(netloc, timeout=10)
        try:
            return [get(connection, "/small") for _ in range(3)]
        finally:
            connection.close()

    began = time.monotonic()
    with ThreadPoolExecutor(128) as pool:
        found = list(pool.map(three_times, range(128)))
    took = time.monotonic() - began
    assert found == [[(200, b"x")] * 3] * 128
    requests = proxy.settled()
    assert all((request.ended or 0) - request.began >= LATENCY for request in requests)
    assert took < len(requests) * LATENCY / 3
    assert most_at_once(requests) > 32


def test_answers_itself(proxy: Proxy, connection: HTTPConnection) -> None:
    proxy.fail(Answer(429, {"Retry-After": "7"}), times=1)
    proxy.fail(Answer(500), times=1)
    connection.request("GET", "/content")
    with connection.getresponse() as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert response.read() == Answer(429).body
    assert get(connection)[0] == 500
    assert get(connection) == (200, CONTENT)


def test_fails_where_it_is_asked_to_until_it_heals(
    proxy: Proxy, connection: HTTPConnection
) -> None:
    proxy.fail(Answer(503), where=lambda request: request.path.endswith("zarr.json"))
    assert get(connection)[0] == 200
    assert [get(connection, "/a/zarr.json")[0] for _ in range(3)] == [503] * 3
    proxy.heal()
    assert get(connection, "/a/zarr.json")[0] == 404


def test_resets(proxy: Proxy, connection: HTTPConnection) -> None:
    proxy.fail(Reset(), times=1)
    with pytest.raises(ConnectionResetError):
        get(connection)
    connection.close()
    assert get(connection) == (200, CONTENT)
    assert proxy.requests[0].status is None


def test_truncates(proxy: Proxy, connection: HTTPConnection) -> None:
    proxy.fail(Truncate(), times=1)
    with pytest.raises(IncompleteRead) as caught:
        get(connection)
    assert caught.value.partial == CONTENT[: len(CONTENT) // 2]
    connection.close()
    assert get(connection) == (200, CONTENT)
    assert [request.nbytes for request in proxy.requests] == [len(CONTENT) // 2, len(CONTENT)]


@pytest.mark.parametrize("fault", [Hang(), Stall()])
def test_hangs_until_the_client_leaves(proxy: Proxy, fault: Hang | Stall) -> None:
    proxy.fail(fault, times=1)
    connection = HTTPConnection(urlsplit(proxy.url).netloc, timeout=0.3)
    with pytest.raises(TimeoutError):
        get(connection)
    (request,) = proxy.requests
    assert request.ended is None
    assert request.nbytes == (0 if isinstance(fault, Hang) else len(CONTENT) // 2)
    connection.close()
    deadline = time.monotonic() + 5
    while request.ended is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert get(connection) == (200, CONTENT)
    connection.close()


def test_is_down_and_up_again_at_the_same_address(proxy: Proxy, connection: HTTPConnection) -> None:
    assert get(connection) == (200, CONTENT)
    url = proxy.url
    proxy.down()
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        get(connection)
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        get(connection)
    connection.close()
    proxy.up()
    assert proxy.url == url
    assert get(connection) == (200, CONTENT)


def test_goes_down_while_requests_hang(proxy: Proxy, connection: HTTPConnection) -> None:
    proxy.fail(Hang())
    connection.request("GET", "/content")
    deadline = time.monotonic() + 5
    while not proxy.requests:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    proxy.down()
    with pytest.raises((HTTPException, ConnectionError)):
        connection.getresponse()


def test_obstore_gives_up_on_a_server_that_hangs(
    s3: S3Server, proxy_to: Callable[[str], Proxy]
) -> None:
    proxy = proxy_to(s3.endpoint)
    proxy.fail(Hang())
    bucket = S3Store(
        PRIVATE,
        endpoint=proxy.url,
        region=REGION,
        skip_signature=True,
        client_options={"allow_http": True, "timeout": timedelta(seconds=0.2)},
        retry_config={"max_retries": 0},
    )
    with pytest.raises(BaseError, match="Timeout"):
        obstore.get(bucket, "anything")


def test_passes_on_chunks_and_what_ends_with_the_connection(
    proxy_to: Callable[[str], Proxy],
) -> None:
    chunks = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    answers = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
        b"HTTP/1.0 200 OK\r\n\r\nas long as it is open",
    ]
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            for answer in answers:
                one, _ = listener.accept()
                with one:
                    one.recv(1 << 16)
                    one.sendall(answer)

        server = Thread(target=serve, daemon=True)
        server.start()
        proxy = proxy_to(f"http://{HOST}:{listener.getsockname()[1]}")
        connection = HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
        # After the first answer the server closes a connection that the proxy meant to keep.
        assert get(connection) == (200, b"abcde")
        assert get(connection) == (200, b"as long as it is open")
        connection.close()
        server.join(10)


def test_leaves_nothing_behind() -> None:
    with proxied(f"http://{HOST}:9") as proxy:
        address = urlsplit(proxy.url)
        connection = HTTPConnection(address.netloc, timeout=10)
        with pytest.raises((RemoteDisconnected, ConnectionError)):  # there is no such server
            get(connection)
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, address.port or 0))


def test_round_trips_are_requests_that_waited_for_one_another() -> None:
    def request(began: float, ended: float | None) -> Request:
        return Request("GET", "/", None, began, ended)

    together = [request(0, 1), request(0.1, 1.2), request(0.2, 0.9)]
    after = [request(1.3, 2), request(1.4, 2.1)]
    assert round_trips([]) == 0
    assert round_trips(together) == 1
    assert round_trips([*together, *after]) == 2
    assert round_trips([*together, *after, request(2.2, None)]) == 3
    assert most_at_once([*together, *after]) == 3


def test_heads_are_read_as_http_says() -> None:
    line = b"GET /a?b HTTP/1.1"
    head = Head((line, b"Host: x:1", b"RANGE:  bytes=0-1 ", b"Expect: 100-continue"))
    assert head.words == ["GET", "/a?b", "HTTP/1.1"]
    assert head.get("range") == "bytes=0-1"
    assert head.get("ran") is None
    assert bytes(head.without("expect")).endswith(b"bytes=0-1 \r\n\r\n")
