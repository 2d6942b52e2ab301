"""What people copy out of browsers: the store's address is found in it."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omezarr_tui.store.location import parse_location
from omezarr_tui.store.pasted import address_in

STORE = "https://uk1s3.embassy.ebi.ac.uk/idr/zarr/v0.4/idr0062A/6001240.zarr"
AWS = "https://us-east-1.console.aws.amazon.com/s3"
GOOGLE = "https://console.cloud.google.com/storage/browser"
NEUROGLANCER = "https://neuroglancer-demo.appspot.com/#!"


def state(*sources: object) -> str:
    layers = [{"type": "image", "source": source, "name": "image"} for source in sources]
    return NEUROGLANCER + quote(json.dumps({"dimensions": {"x": [1e-6, "m"]}, "layers": layers}))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{AWS}/buckets/lab?region=us-east-1&prefix=a/b.zarr/&showversions=false", "lab/a/b.zarr"),
        (f"{AWS}/buckets/lab?prefix=my+data%2Fx%25y%23z.zarr%2F", "lab/my data/x%y#z.zarr"),
        (f"{AWS}/buckets/lab?region=us-east-1&tab=objects", "lab"),
        (f"{AWS}/buckets/lab/a/b.zarr/?region=us-east-1", "lab/a/b.zarr"),
        (f"{AWS}/object/lab?region=us-east-1&prefix=a/b.zarr/zarr.json", "lab/a/b.zarr/zarr.json"),
        ("https://s3.console.aws.amazon.com/s3/buckets/lab?prefix=a.zip", "lab/a.zip"),
        ("https://console.aws.amazon.com/s3/buckets/lab/", "lab"),
        ("https://lab.s3.amazonaws.com/a/b%20c.zarr/", "lab/a/b c.zarr"),
        ("https://lab.s3.eu-west-2.amazonaws.com/a.zarr?versionId=1", "lab/a.zarr"),
        ("https://lab.s3-us-west-2.amazonaws.com/a.zarr", "lab/a.zarr"),
        ("https://my.lab.s3.dualstack.us-west-2.amazonaws.com/a.zarr", "my.lab/a.zarr"),
        ("https://s3.amazonaws.com/lab/a.zarr", "lab/a.zarr"),
        ("http://s3.us-west-2.amazonaws.com/lab", "lab"),
        ("https://s3-eu-west-1.amazonaws.com/lab/a%23b.zarr", "lab/a#b.zarr"),
    ],
)
def test_amazon(url: str, found: str) -> None:
    assert parse_location(url).url == f"s3://{found}"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{GOOGLE}/lab;tab=objects?project=p&prefix=", "lab"),
        (f"{GOOGLE}/lab/a/b.zarr;tab=objects?forceOnBucketsSortingFiltering=true", "lab/a/b.zarr"),
        (f"{GOOGLE}/lab/a%20b%3Bc%3Fd%23e.zarr?authuser=1", "lab/a b;c?d#e.zarr"),
        (f"{GOOGLE}/_details/lab/a.zarr/zarr.json;tab=live_object", "lab/a.zarr/zarr.json"),
        ("https://storage.googleapis.com/lab/a%20b.zarr/", "lab/a b.zarr"),
        ("https://storage.cloud.google.com/lab/a.zarr?authuser=0", "lab/a.zarr"),
        ("https://lab.storage.googleapis.com/a.zarr", "lab/a.zarr"),
    ],
)
def test_google(url: str, found: str) -> None:
    assert parse_location(url).url == f"gs://{found}"


@pytest.mark.parametrize("kind", ["blob", "dfs"])
def test_azure(kind: str) -> None:
    host = f"account.{kind}.core.windows.net"
    assert parse_location(f"https://{host}/c/a%20b/x.zarr/").url == f"az://c@{host}/a b/x.zarr"
    assert parse_location(f"https://{host}/c").url == f"az://c@{host}"
    assert parse_location(f"https://{host}/").protocol == "https"


@pytest.mark.parametrize("source", [STORE, "s3://lab/a.zarr", "gs://lab/a.zarr", f"{STORE}/a%20b"])
@pytest.mark.parametrize(
    "viewer",
    [
        "https://hms-dbmi.github.io/vizarr/?source={}",
        "https://hms-dbmi.github.io/vizarr/?viewState=%7B%22zoom%22%3A1%7D&source={}",
        "https://ome.github.io/ome-ngff-validator/?source={}",
        "https://biongff.github.io/biongff-viewer/?source={}",
        "https://kitware.github.io/itk-vtk-viewer/app/?fileToLoad={}&rotate=true",
        "https://kitware.github.io/itk-vtk-viewer/app/?image={}",
        "https://avivator.gehlenborglab.org/?image_url={}",
        "http://127.0.0.1:8000/view?dataset={}",
    ],
)
def test_viewers(viewer: str, source: str) -> None:
    for spelled in (source, quote(source, safe="")):
        assert parse_location(viewer.format(spelled)) == parse_location(source)
    assert parse_location(viewer.format(quote(f"{source}/x#y", safe=""))).name == "x#y"


class TestNeuroglancer:
    @pytest.mark.parametrize("source", [STORE, "s3://lab/a.zarr", "gs://lab/a b.zarr"])
    @pytest.mark.parametrize(
        "spelled",
        ["zarr://{}", "zarr2://{}", "zarr3://{}", "{}|zarr2:", "{}/|zarr3:", "{}|zip:"],
    )
    def test_sources(self, spelled: str, source: str) -> None:
        address = spelled.format(source)
        wanted = parse_location(source)
        assert parse_location(state(address)) == wanted
        assert parse_location(state({"url": address, "transform": {}})) == wanted
        assert parse_location(state([{"url": address}])) == wanted
        assert parse_location(state({"url": "local://annotations"}, address)) == wanted
        assert parse_location(address) == wanted
        assert parse_location(f"https://viewer.example/?source={quote(address)}") == wanted

    def test_the_first_layer_counts(self) -> None:
        assert address_in(state("zarr://s3://lab/one", "zarr://s3://lab/two")) == "s3://lab/one"
        assert address_in(state(None, 7, {"url": 7}, [[]], "s3://lab/two")) == "s3://lab/two"

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            "null",
            '{"layers": 7}',
            '{"layers": {"a": {}}}',
            "https://h/s.json",
            "[" * 99999,
        ],
    )
    def test_no_state(self, text: str) -> None:
        assert address_in(NEUROGLANCER + text) is None


@pytest.mark.parametrize(
    "url",
    [
        *(STORE, f"{STORE}/", f"{STORE}/0/labels", "http://127.0.0.1:80/a", "https://host.example"),
        *("https://h/a.zarr?source=me", "https://h/a.zarr?url=a/b.zarr", "https://h/a#b.zarr"),
        *("s3://lab/a|b", "s3://lab/console.aws.amazon.com", "https://s3.example.com/lab/a"),
        *("https://amazonaws.com.example/lab", "https://notconsole.aws.amazon.org/s3/buckets/x"),
        *(
            "https://evil.example/storage.googleapis.com/lab",
            "https://storage.googleapis.com.example/",
        ),
        "https://console.cloud.google.com/home",
    ],
)
def test_plain_addresses_are_left_alone(url: str) -> None:
    assert address_in(url) is None


hosts = st.sampled_from(
    [
        *("console.aws.amazon.com/s3/buckets/", "console.cloud.google.com/storage/browser/"),
        *("storage.googleapis.com/", "lab.s3.amazonaws.com/", "a.blob.core.windows.net/"),
        *("h/?source=", "h/?url=https://", "h/#!", "h/#!{", "", "[", "h:x/"),
    ]
)


@given(st.sampled_from(["http://", "https://", "zarr://", "s3://"]), hosts, st.text())
def test_garbage_never_raises(begin: str, host: str, text: str) -> None:
    found = address_in(begin + host + text)
    assert found is None or found != begin + host + text


parts = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda part: (
        st.lists(part) | st.dictionaries(st.sampled_from(["url", "source", "layers"]), part)
    ),
)


@given(parts)
def test_any_state(found: object) -> None:
    for one in (found, {"layers": found}, {"layers": [{"source": found}]}):
        address = address_in(NEUROGLANCER + quote(json.dumps(one)))
        assert address is None or "://" in address
