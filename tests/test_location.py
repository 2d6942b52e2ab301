"""Locations: what users type and paste, understood; passwords refused, and never repeated."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.errors import UserError
from omezarr_tui.store.location import Location, parse_location

SECRET = "MARKEDSECRET"

# Names as they occur in buckets: anything but a slash, and no space at the ends.
names = st.sampled_from(["a b", "a#b", "100%", "a%20b", "a?b=c&d", "x.zip", "細胞"]) | st.text(
    st.characters(exclude_characters="/\0|", exclude_categories=["Cs", "Cc"])
).filter(lambda name: name.strip() == name and name not in ("", ".", "..") and "::" not in name)
paths = st.lists(names, max_size=4).map("/".join)
HOSTS = {
    "s3": "bucket",
    "gs": "bucket",
    "az": "container@account.blob.core.windows.net",
    "http": "127.0.0.1:8080",
    "https": "host.example",
    "sftp": "me@host:2222",
    "memory": "top",
}
remote = st.tuples(st.sampled_from(sorted(HOSTS)), paths)


def located(protocol: str, path: str) -> Location:
    """The location as `parse_location` has to make it."""
    location = Location(protocol, HOSTS[protocol]).below(path)
    whole = location.address
    for end in range(len(HOSTS[protocol]) + 1, len(whole) + 1):
        is_end = end == len(whole) or whole[end] == "/"
        if is_end and whole[:end].lower().endswith((".zip", ".ozx")):
            return Location(protocol, whole[:end], whole[end:].strip("/"))
    return location


class TestLocal:
    @pytest.mark.parametrize(
        "name",
        ["a b", "a::b", "zip::a", "s3:", "a#b", "100%", "a%20b", "a?b", "Größe 細胞", "a|zarr2:"],
    )
    def test_any_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(tmp_path)
        for text in (name, f"{name}/", f"./{name}", str(folder), f"{folder}//", f" {folder} "):
            assert parse_location(text) == Location.local(folder)
        assert parse_location(folder.as_uri()) == Location.local(folder)

    def test_spaces_at_the_ends_count_where_there_is_such_a_file(self, tmp_path: Path) -> None:
        spaced = tmp_path / " a "
        spaced.mkdir()
        assert parse_location(f"{spaced}").path == spaced
        assert parse_location(f"  {tmp_path}\n").path == tmp_path

    def test_home(self) -> None:
        assert parse_location("~/data").path == Path.home() / "data"
        with pytest.raises(UserError, match="is no path"):
            parse_location("~no-such-user-here/data")

    def test_going_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "real" / "below").mkdir(parents=True)
        (tmp_path / "link").symlink_to(tmp_path / "real" / "below")
        monkeypatch.chdir(tmp_path / "real" / "below")
        assert parse_location("..").path == tmp_path / "real"
        assert parse_location(str(tmp_path / "link" / "..")).path == tmp_path / "real"
        parent = parse_location("..").parent
        assert parent is not None
        assert parent.path == tmp_path

    @pytest.mark.parametrize("begin", ["file://", "FILE://", "file:", "file://localhost"])
    def test_file_urls(self, tmp_path: Path, begin: str) -> None:
        folder = tmp_path / "a b#c"
        folder.mkdir()
        assert parse_location(begin + str(folder)).path == folder
        assert parse_location(begin + str(tmp_path) + "/a%20b%23c/").path == folder
        assert parse_location(begin + str(tmp_path) + "/not%20there").path == tmp_path / "not there"

    @pytest.mark.parametrize("text", ["", " ", "\t\n", "file://", " file:// "])
    def test_nothing(self, text: str) -> None:
        with pytest.raises(UserError, match="No location was given"):
            parse_location(text)

    @pytest.mark.parametrize("text", ["a\0b", "../a\0b", "x" * 5000, "\udcff"])
    def test_what_no_file_can_be_called(self, text: str) -> None:
        with suppress(UserError):
            assert parse_location(text).is_local

    def test_round_trip(self, tmp_path: Path) -> None:
        location = Location.local(tmp_path / "a b")
        assert parse_location(location.url) == location
        assert location.below("") == location
        assert location.below("x/y").parent == location.below("x")
        assert location.below("/x/").path == tmp_path / "a b" / "x"
        assert location.name == "a b"
        assert location.place == "local disk"
        assert Location.local(Path("/")).parent is None

    def test_identity_is_the_same_through_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").symlink_to("a")
        one, two = (Location.local(tmp_path / name) for name in "ab")
        assert one != two
        assert one.identity == two.identity == (tmp_path / "a").as_uri()


class TestZips:
    @pytest.mark.parametrize("name", ["x.zip", "x.ZIP", "image.ome.ozx"])
    def test_local(self, tmp_path: Path, name: str) -> None:
        file = tmp_path / name
        with ZipFile(file, "w") as made:
            made.writestr("zarr.json", "{}")
        top = parse_location(str(file))
        assert top == Location("file", str(file), "")
        assert (top.parent, top.archive, top.name) == (None, Location.local(file), name)
        inside = parse_location(f"{file}/a/.b/c.")
        assert inside == top.below("a/.b/c.")
        assert (inside.inside, inside.name) == ("a/.b/c.", "c.")
        assert parse_location(inside.url) == inside
        assert inside.parent == top.below("a/.b")
        assert inside.place == "zip on local disk"
        assert parse_location(file.as_uri()) == top
        assert inside.identity == f"{file.as_uri()}/a/.b/c."

    def test_a_folder_called_like_one(self, tmp_path: Path) -> None:
        (tmp_path / "x.zip" / "a").mkdir(parents=True)
        assert parse_location(str(tmp_path / "x.zip" / "a")) == Location.local(
            tmp_path / "x.zip" / "a"
        )

    @pytest.mark.parametrize(
        ("text", "address", "inside"),
        [
            ("s3://b/x.zip", "b/x.zip", ""),
            ("s3://b/x.zip/", "b/x.zip", ""),
            ("s3://b/x.zip/a/b", "b/x.zip", "a/b"),
            ("s3://b/x.zip/y.zip", "b/x.zip", "y.zip"),
            ("s3://b/x.OZX//a", "b/x.OZX", "a"),
            ("s3://b/x.zip.zarr", "b/x.zip.zarr", None),
            ("s3://b/x.zipped/a", "b/x.zipped/a", None),
            ("s3://my.zip/a", "my.zip/a", None),
            ("https://data.zip/a", "data.zip/a", None),
            ("https://data.zip", "data.zip", None),
            ("https://data.zip/x.zip", "data.zip/x.zip", ""),
            ("https://h/a%20b.zip/c%23d", "h/a b.zip", "c#d"),
            ("memory:///x.zip/a", "x.zip", "a"),
        ],
    )
    def test_remote(self, text: str, address: str, inside: str | None) -> None:
        location = parse_location(text)
        assert (location.address, location.inside) == (address, inside)
        assert parse_location(location.url) == location or location.protocol == "memory"


class TestRemote:
    @pytest.mark.parametrize(
        ("text", "protocol", "address"),
        [
            ("s3://bucket", "s3", "bucket"),
            ("s3://bucket/", "s3", "bucket"),
            ("S3A://bucket/a/b.zarr//", "s3", "bucket/a/b.zarr"),
            ("s3n://bucket//a///b", "s3", "bucket/a/b"),
            ("s3://bucket/a b#c%20d?e", "s3", "bucket/a b#c%20d?e"),
            ("gs://bucket/a", "gs", "bucket/a"),
            ("gcs://bucket/a", "gs", "bucket/a"),
            ("az://c@acc.blob.core.windows.net/a", "az", "c@acc.blob.core.windows.net/a"),
            ("abfss://c@acc.dfs.core.windows.net/a", "az", "c@acc.dfs.core.windows.net/a"),
            ("abfs://c/a", "az", "c/a"),
            ("azure://c/a", "az", "c/a"),
            ("adl://c/a", "az", "c/a"),
            ("http://host:80/a", "http", "host:80/a"),
            ("HTTPS://Host.example/A/", "https", "Host.example/A"),
            ("https://h/a%20b%23c%3Fd%25e", "https", "h/a b#c?d%e"),
            ("https://h/a#b.zarr", "https", "h/a#b.zarr"),
            ("https://h/a.zarr#", "https", "h/a.zarr"),
            ("https://h/a.zarr?download=1&x", "https", "h/a.zarr"),
            ("https://h//a//b", "https", "h/a/b"),
            ("https://[::1]:8080/a%5Bb", "https", "[::1]:8080/a[b"),
            ("sftp://me@host:22/~/a", "sftp", "me@host:22/~/a"),
            ("ssh://host/a", "sftp", "host/a"),
            ("sshfs://host//a", "sftp", "host/a"),
            ("memory://", "memory", ""),
            ("memory://a/b", "memory", "a/b"),
            ("hf://datasets/a/b", "hf", "datasets/a/b"),
            ("  s3://bucket/a\n", "s3", "bucket/a"),
        ],
    )
    def test_understood(self, text: str, protocol: str, address: str) -> None:
        location = parse_location(text)
        assert location == Location(protocol, address)
        assert parse_location(location.url) == location

    @given(remote)
    def test_round_trip(self, where: tuple[str, str]) -> None:
        location = located(*where)
        assert parse_location(location.url) == location
        assert location.name == (location.url if not location.address else location.name)
        assert location.identity == f"{location.protocol}://" + "/".join(
            filter(None, (location.address, location.inside))
        )

    @given(remote, names)
    def test_below_and_above(self, where: tuple[str, str], name: str) -> None:
        location = located(*where)
        below = location.below(name)
        assert below.name == name
        assert below.parent == location
        assert below.below("x//").parent == below
        assert below.below("") == below
        assert below.place == location.place

    def test_top(self) -> None:
        assert parse_location("s3://bucket").parent is None
        assert parse_location("s3://bucket/a").parent == Location("s3", "bucket")
        assert parse_location("memory://").parent is None
        assert parse_location("s3://bucket").name == "bucket"

    def test_place_in_words(self) -> None:
        urls = ["s3://b/a", "https://h/a.zip", "gs://b", "az://c@a/x", "sftp://h/x", "hf://x/y"]
        assert [parse_location(url).place for url in urls] == [
            *("S3", "zip on web", "Google Cloud Storage", "Azure", "SSH", "hf")
        ]

    @pytest.mark.parametrize(
        "text",
        ["s3://", "s3:///a", "https://", "https:///a", "sftp:///a", "https://?x=1", "gs:// "],
    )
    def test_no_place(self, text: str) -> None:
        with pytest.raises(UserError, match="names no place"):
            parse_location(text)

    @pytest.mark.parametrize(
        "text", ["http://[", "http://[::1", "https://h]/x", "http://a\u2100b/"]
    )
    def test_no_address(self, text: str) -> None:
        with pytest.raises(UserError, match="not understood"):
            parse_location(text)

    @given(st.text())
    def test_garbage(self, text: str) -> None:
        for begin in ("", "s3://", "https://", "file:", "zip::", "sftp://a:", "zarr://"):
            with suppress(UserError):
                parse_location(begin + text)


class TestEndpoint:
    def test_it_is_kept(self) -> None:
        location = parse_location("s3://b/a").with_endpoint("https://minio.example:9000/")
        assert location.endpoint == "https://minio.example:9000"
        assert location.below("x").parent == location
        assert location.url == "s3://b/a"
        assert location.identity == "https://minio.example:9000s3://b/a"

    @pytest.mark.parametrize("url", ["", "minio:9000", "ftp://x", "https://", "http://[", "s3://b"])
    def test_no_server(self, url: str) -> None:
        with pytest.raises(UserError, match="no URL of a server"):
            parse_location("s3://b/a").with_endpoint(url)


class TestSecrets:
    @pytest.mark.parametrize(
        "text",
        [
            f"https://me:{SECRET}@host.example/a",
            f"https://{SECRET}@host.example/a",
            f"https://me:{SECRET}@/a",
            f"s3://key:{SECRET}@bucket/a",
            f"sftp://me:{SECRET}@host.example:22/a",
            f"sftp://me:{SECRET}/more@host.example/a",
            f"sftp://me:{SECRET}",
            f"https://me:x{SECRET}/@host.example/a",
            f"zip::https://me:{SECRET}@host.example/x.zip",
            f"zip://a::https://me:{SECRET}@host.example/x.zip",
            f"https://me:{SECRET}@[/a",
            f"https://me:{SECRET}@h\u2100/a",
            f"zarr://https://me:{SECRET}@host.example/a",
            f"https://viewer.example/?source=https://me:{SECRET}@host.example/a",
            f"https://host.example/a?X-Amz-Signature={SECRET}&x=1",
            f"https://b.s3.amazonaws.com/a?x=1&X-Amz-Signature={SECRET}",
            f"https://storage.googleapis.com/b/a?X-Goog-Signature={SECRET}",
            f"https://a.blob.core.windows.net/c/x?sv=1&sig={SECRET}",
            f"https://viewer.example/?source=https%3A%2F%2Fh%2Fa%3Fsig%3D{SECRET}",
        ],
    )
    def test_refused_and_not_repeated(self, text: str) -> None:
        with pytest.raises(UserError) as refused:
            parse_location(text)
        assert SECRET not in str(refused.value)
        assert SECRET not in repr(refused.value)

    def test_in_an_endpoint(self) -> None:
        for url in (f"https://me:{SECRET}@host", f"https://{SECRET}@host", f"ftp://x:{SECRET}@h"):
            with pytest.raises(UserError) as refused:
                parse_location("s3://b/a").with_endpoint(url)
            assert SECRET not in str(refused.value)

    @pytest.mark.parametrize(
        "text",
        [
            f"https://host.example/a?token={SECRET}",
            f"https://b.s3.amazonaws.com/a?X-Amz-Security-Token={SECRET}",
            f"https://me:{SECRET}@b.s3.amazonaws.com/a",
        ],
    )
    def test_what_is_left_out(self, text: str) -> None:
        location: Any = parse_location(text)
        told = [repr(location), location.url, location.identity, location.name, location.place]
        assert SECRET not in " ".join(told)

    @pytest.mark.parametrize("text", ["https://h/design=1?design=2", "https://h/a?mysig=1"])
    def test_what_is_no_signature(self, text: str) -> None:
        assert parse_location(text).protocol == "https"
