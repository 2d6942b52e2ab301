"""As whom servers are asked: what is found where, what counts more, and that no secret gets out."""

import json
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store
from servers.need import need_module

from omezarr_tui.cli import main
from omezarr_tui.errors import ExitCode, UserError
from omezarr_tui.settings import Settings, load_settings
from omezarr_tui.store.access import Options, open_access
from omezarr_tui.store.credentials import ways_to_open
from omezarr_tui.store.location import parse_location
from omezarr_tui.store.objects import RETRIES
from omezarr_tui.store.opening import open_root
from omezarr_tui.store.recent import load_recent, remember
from omezarr_tui.store.refusals import as_os_error
from omezarr_tui.store.rules import as_set

SECRET = "MARKEDSECRET"
DEAD = "http://127.0.0.1:9"  # nobody listens there


class Asked(BaseHTTPRequestHandler):
    """Refuses everything, and keeps what came."""

    came: list[Mapping[str, str]]
    status = 403

    def do_GET(self) -> None:
        self.came.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Any]:
    """A server that refuses: its address as `url`, and as `came` the headers of what came."""
    kind: Any = type("Kind", (Asked,), {"came": []})
    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    made.url, made.came, made.kind = f"http://127.0.0.1:{made.server_port}", kind.came, kind
    Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def aws(config: str = "", credentials: str = "") -> None:
    """Write the two files of the AWS configuration."""
    folder = Path.home() / ".aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)


def keys(key_id: str, **more: str) -> str:
    lines = {"aws_access_key_id": key_id, "aws_secret_access_key": SECRET} | more
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def asked_as(
    server: Any, url: str = "s3://bucket/a.zarr", **options: Any
) -> list[Mapping[str, str]]:
    """What the server is sent to open a store, and what the user is told when it refuses."""
    location = parse_location(url)
    if location.protocol in ("s3", "gs", "az"):
        location = location.with_endpoint(server.url)
    with pytest.raises(UserError) as refused:
        open_root(open_access(location, Options(**options)))
    assert SECRET not in str(refused.value)
    return list(server.came)


def who(came: Mapping[str, str]) -> str:
    """The key that a request to S3 was signed with; nothing where it was not."""
    return came.get("authorization", "").partition("Credential=")[2].partition("/")[0]


def names(url: str, **options: Any) -> list[str]:
    return [way.name for way in ways_to_open(parse_location(url), Options(**options))]


class TestAmazon:
    def test_nothing_is_found(self, server: Any) -> None:
        (name,) = names("s3://bucket/a")
        assert name.startswith("anonymously, as no credentials are in the environment and ~/.aws")
        came = asked_as(server)
        assert came
        assert all("authorization" not in one for one in came)

    def test_keys_of_the_environment(self, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
        assert len(names("s3://bucket/a")) == 1  # half of them are none
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-session")
        assert names("s3://bucket/a") == ["keys of the environment", "anonymously"]
        came = asked_as(server)
        assert {who(one) for one in came} == {"ENVKEY", ""}
        assert who(came[0]) == "ENVKEY"
        assert came[0]["x-amz-security-token"] == "of-the-session"
        assert "/us-east-1/s3/" in came[0]["authorization"]

    def test_anonymous_or_not(self, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        assert names("s3://b", anonymous=True) == ["anonymously"]
        assert names("s3://b", anonymous=False) == ["keys of the environment"]
        assert {who(one) for one in asked_as(server, anonymous=False)} == {"ENVKEY"}
        server.came.clear()
        assert {who(one) for one in asked_as(server, anonymous=True)} == {""}
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        with pytest.raises(UserError, match="There are no credentials"):
            names("s3://b", anonymous=False)

    @pytest.mark.parametrize("spelled", ["profile lab", "lab"])
    @pytest.mark.parametrize("in_config", [True, False])
    def test_profiles(self, server: Any, spelled: str, in_config: bool) -> None:
        text = f"[{spelled}]\nregion = eu-west-9\n" + keys("LABKEY", aws_session_token="short")
        aws(*((text, "") if in_config else ("", text)))
        assert names("s3://b", profile="lab") == ["profile lab", "anonymously"]
        came = asked_as(server, profile="lab")
        assert who(came[0]) == "LABKEY"
        assert came[0]["x-amz-security-token"] == "short"
        assert "/eu-west-9/s3/" in came[0]["authorization"]

    def test_a_profile_in_both_files(self, server: Any) -> None:
        endpoint = f"endpoint_url = {server.url}\n"
        aws(f"[profile lab]\nregion = eu-west-9\n{endpoint}", f"[lab]\n{keys('LABKEY')}")
        with pytest.raises(UserError):
            open_root(open_access(parse_location("s3://bucket/a"), Options(profile="lab")))
        assert who(server.came[0]) == "LABKEY"
        assert "/eu-west-9/s3/" in server.came[0]["authorization"]
        assert server.came[0]["path"].startswith("/bucket")

    def test_a_profile_gets_nothing_of_the_environment(
        self, server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        aws("", f"[lab]\n{keys('LABKEY')}[default]\n{keys('USUALKEY')}")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "of-another")
        assert names("s3://b") == ["profile default", "anonymously"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        came = asked_as(server, profile="lab")
        assert who(came[0]) == "LABKEY"
        assert "x-amz-security-token" not in came[0]
        assert names("s3://b") == ["keys of the environment", "anonymously"]

    def test_the_profile_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        aws("", f"[lab]\n{keys('LABKEY')}")
        monkeypatch.setenv("AWS_PROFILE", "lab")
        assert names("s3://b") == ["profile lab", "anonymously"]
        monkeypatch.setenv("AWS_PROFILE", "labb")
        with pytest.raises(UserError, match="no AWS profile 'labb'") as told:
            names("s3://b")
        assert "AWS_PROFILE" in told.value.why

    def test_unknown_profile(self) -> None:
        with pytest.raises(UserError, match="There is no AWS profile 'lab'") as told:
            names("s3://b", profile="lab")
        assert told.value.exit_code == ExitCode.USAGE

    def test_other_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "mine").write_text(f"[lab]\n{keys('LABKEY')}")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "mine"))
        assert names("s3://b", profile="lab")[0] == "profile lab"

    def test_damaged_files(self, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
        aws("", f"[default]\naws_secret_access_key {SECRET}\n")
        monkeypatch.setenv("OMEZARR_TUI_DEBUG", "1")  # a traceback quotes no line of it either
        assert main(["tree", "s3://bucket/a"]) == ExitCode.UNREADABLE
        told = capsys.readouterr().err
        assert "it is no AWS configuration" in told
        assert SECRET not in told

    @pytest.mark.parametrize("line", ["sso_session = x", "role_arn = arn:aws:iam::1:role/x"])
    def test_what_must_be_fetched_without_boto3(
        self, server: Any, monkeypatch: pytest.MonkeyPatch, line: str
    ) -> None:
        aws(f"[profile lab]\n{line}\n")
        monkeypatch.setitem(sys.modules, "boto3", None)
        location = parse_location("s3://bucket/a").with_endpoint(server.url)
        with pytest.raises(UserError) as told:
            open_root(open_access(location, Options(profile="lab")))
        assert "'lab'" in told.value.why
        assert "pip install 'omezarr-tui[aws]'" in told.value.why
        assert {who(one) for one in server.came} == {""}  # it may yet be public
        server.came.clear()
        with pytest.raises(UserError) as told:
            open_root(open_access(location, Options(profile="lab", anonymous=True)))
        assert "pip" not in str(told.value)

    def test_what_a_program_gives(self, server: Any) -> None:
        need_module("boto3", "boto3")
        answer = {"Version": 1, "AccessKeyId": "GIVENKEY", "SecretAccessKey": SECRET}
        script = Path.home() / "give"
        script.write_text(json.dumps(answer))
        aws(f"[profile lab]\ncredential_process = cat {script}\n")
        assert who(asked_as(server, profile="lab")[0]) == "GIVENKEY"

    def test_a_program_that_fails(self, server: Any) -> None:
        need_module("boto3", "boto3")
        aws(f"[profile lab]\ncredential_process = ls /{SECRET}\n")
        location = parse_location("s3://bucket/a").with_endpoint(server.url)
        with pytest.raises(UserError) as told:
            open_root(open_access(location, Options(profile="lab")))
        assert "profile 'lab' gives no credentials: CredentialRetrievalError" in told.value.why
        assert SECRET not in str(told.value)

    def test_a_login_that_has_ended(self, server: Any) -> None:
        need_module("boto3", "boto3")
        aws(
            "[profile lab]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n"
            f"[sso-session x]\nsso_region = us-east-1\nsso_start_url = {DEAD}\n"
        )
        location = parse_location("s3://bucket/a").with_endpoint(server.url)
        with pytest.raises(UserError, match="aws sso login --profile lab"):
            open_root(open_access(location, Options(profile="lab")))

    def test_a_machine_without_a_role(self, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("omezarr_tui.store.aws.is_machine_of", lambda vendor: True)
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", server.url)
        server.kind.status = 404
        location = parse_location("s3://bucket/a").with_endpoint(server.url)
        with pytest.raises(UserError) as told:
            open_root(open_access(location))
        asked = [one["path"] for one in server.came]
        assert asked[0].startswith("/latest/")
        assert any(path.startswith("/bucket/a") for path in asked)  # then as nobody
        assert "credentials" not in told.value.what


class TestOthers:
    def test_gcloud(self, server: Any) -> None:
        assert names("gs://b")[0].startswith(
            "anonymously, as no credentials are in the environment and gcloud"
        )
        file = Path.home() / ".config/gcloud/application_default_credentials.json"
        file.parent.mkdir(parents=True)
        file.write_text("{}")
        assert names("gs://b") == ["gcloud's default credentials", "anonymously"]

    @pytest.mark.parametrize("kind", ["external_account", "impersonated_service_account", None])
    def test_google_credentials_that_obstore_does_not_know(self, server: Any, kind: str) -> None:
        file = Path.home() / ".config/gcloud/application_default_credentials.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"type": kind, "secret": SECRET}))
        came = asked_as(server, "gs://bucket/a")
        assert all("authorization" not in one for one in came)
        assert came[0]["path"].startswith("/bucket")

    def test_gcloud_elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
        (tmp_path / "application_default_credentials.json").write_text("{}")
        assert names("gs://b")[0] == "gcloud's default credentials"

    def test_a_service_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
        assert names("gs://b") == ["service account of the environment", "anonymously"]

    def test_a_google_token(self, server: Any) -> None:
        came = asked_as(server, "gs://bucket/a", storage={"google_bearer_token": SECRET})
        assert came[0]["authorization"] == f"Bearer {SECRET}"

    def test_azure_needs_an_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UserError, match="which storage account") as told:
            names("az://container/a")
        assert told.value.exit_code == ExitCode.USAGE
        assert len(names("az://container@account/a")) == 1
        assert len(names("az://container/a", storage={"account_name": "account"})) == 1
        assert len(names("az://c/a", storage={"azure_storage_account_name": "account"})) == 1
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "account")
        assert len(names("az://container/a")) == 1

    def test_azure(self, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        token = f"sv=1&sig={SECRET}"
        came = asked_as(server, "az://c@account/a", storage={"sas_token": token})
        assert SECRET in came[0]["path"]
        server.came.clear()
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
        assert names("az://c@account/a") == ["key of the environment", "anonymously"]
        came = asked_as(server, "az://c@account/a")
        assert came[0]["authorization"].startswith("SharedKey account:")
        assert any("authorization" not in one for one in came)  # then as nobody
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", f"{SECRET}!")
        location = parse_location("az://c@account/a").with_endpoint(server.url)
        with pytest.raises(UserError, match="damaged") as told:
            open_root(open_access(location))
        assert SECRET not in str(told.value)


class TestWeb:
    def netrc(self, text: str) -> None:
        file = Path.home() / ".netrc"
        file.write_text(text)
        file.chmod(0o600)

    def test_netrc(self, server: Any) -> None:
        assert names(server.url)[0].startswith("anonymously, as no credentials are in ~/.netrc")
        self.netrc(f"machine 127.0.0.1 login me password {SECRET}\n")
        assert names(server.url) == ["as netrc", "anonymously"]
        assert names(server.url, anonymous=True) == ["anonymously"]
        assert names(server.url, anonymous=False) == ["as netrc"]
        came = asked_as(server, f"{server.url}/a.zarr")
        assert came[0]["authorization"].startswith("Basic ")
        assert any("authorization" not in one for one in came)  # then as nobody

    def test_the_default_of_netrc_is_for_nobody(self, server: Any) -> None:
        self.netrc(f"default login me password {SECRET}\n")
        assert all("authorization" not in one for one in asked_as(server, f"{server.url}/a"))

    @pytest.mark.parametrize("text", ["machine", "\udcff", f"machine 127.0.0.1 {SECRET}"])
    def test_damaged_netrc(self, server: Any, text: str) -> None:
        self.netrc("")
        (Path.home() / ".netrc").write_bytes(text.encode(errors="surrogateescape"))
        assert len(names(server.url)) == 1

    def test_options(self, server: Any) -> None:
        url = f"{server.url}/a"
        came = asked_as(server, url, storage={"bearer_token": SECRET})
        assert came[0]["authorization"] == f"Bearer {SECRET}"
        server.came.clear()
        came = asked_as(server, url, storage={"username": "me", "password": SECRET})
        assert came[0]["authorization"].startswith("Basic ")
        server.came.clear()
        came = asked_as(server, url, storage={"bearer_token": SECRET}, anonymous=True)
        assert all("authorization" not in one for one in came)
        with pytest.raises(UserError, match="There are no credentials"):
            names(url, anonymous=False)


class TestOptions:
    def test_keys_that_are_given(self, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "of-another")
        for prefix in ("", "aws_", "AWS_"):
            server.came.clear()
            given = {"access_key_id": "GIVENKEY", "secret_access_key": SECRET}
            came = asked_as(server, storage={prefix + key: value for key, value in given.items()})
            assert who(came[0]) == "GIVENKEY"
            assert "x-amz-security-token" not in came[0]
            assert {who(one) for one in came} == {"GIVENKEY", ""}

    def test_a_region_is_no_credential(self, server: Any) -> None:
        for key in ("region", "aws_region", "default_region"):
            (name,) = names("s3://b", storage={key: "eu-west-9", "timeout": "3s"})
            assert name.startswith("anonymously")

    def test_a_region_goes_with_what_is_found(
        self, server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        came = asked_as(server, storage={"aws_region": "eu-west-9"})
        assert "ENVKEY" in came[0]["authorization"]
        assert "/eu-west-9/" in came[0]["authorization"]

    @pytest.mark.parametrize("url", ["s3://b/a", "gs://b/a", "az://c@a/x", "https://h/a"])
    @pytest.mark.parametrize("key", ["no_such_setting", "timeout"])
    def test_not_understood(self, url: str, key: str) -> None:
        with pytest.raises(UserError) as told:
            open_root(open_access(parse_location(url), Options(storage={key: SECRET})))
        assert f"one of {key} is not understood" in told.value.why
        assert SECRET not in str(told.value)
        assert told.value.__cause__ is None  # which would tell it


def test_what_obstore_says_is_told_without_passwords() -> None:
    store = S3Store(
        "bucket",
        endpoint=DEAD.replace("//", f"//me:{SECRET}@"),
        skip_signature=True,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    with pytest.raises(BaseError, match=SECRET) as raised:
        obstore.get(store, "a")
    told = as_os_error(raised.value, "bucket", "anonymously")
    assert str(told) == "127.0.0.1:9 cannot be reached: connection refused"
    for text in (f"GET http://me:{SECRET}@h/x?sig={SECRET}&x=1", f"Authorization: Basic {SECRET}"):
        assert SECRET not in str(as_os_error(BaseError(text), "bucket", "anonymously"))


class TestSettings:
    def test_the_longest_prefix(self) -> None:
        rules = {
            "s3://": {"profile": "all"},
            "s3://lab": {"profile": "lab"},
            "s3a://lab/deep/": {"profile": "deep"},
            "s3://lab/deeper": {"profile": "deeper"},
            "gcs://": {"anonymous": True},
            "https://host.example": {"storage_options": {"bearer_token": SECRET}},
            "/data": {"profile": "here"},
        }
        found = {
            url: as_set(parse_location(url), Options(), Settings(places=rules))[1].profile
            for url in (
                "s3://lab",
                "s3://lab/x",
                "s3://lab/deep/x",
                "s3://lab/deeper/x.zip/a",
                "s3://laboratory/x",
                "az://lab/x",
                "/data/x",
                "/database",
            )
        }
        assert list(found.values()) == ["lab", "lab", "deep", "deeper", "all", None, "here", None]
        settings = Settings(places=rules)
        assert as_set(parse_location("gs://b"), Options(), settings)[1].anonymous is True
        web = as_set(parse_location("https://host.example/a"), Options(), settings)[1]
        assert web.storage == {"bearer_token": SECRET}
        other = as_set(parse_location("https://host.example.org/a"), Options(), settings)[1]
        assert other == Options()

    def test_the_command_line_counts_more(self) -> None:
        rules: dict[str, Any] = {
            "profile": "set",
            "endpoint_url": "https://set.example/",
            "anonymous": True,
            "storage_options": {"region": "set", "timeout": "1s"},
        }
        settings = Settings(places={"s3://b": rules})
        place = parse_location("s3://b/a")
        location, options = as_set(place, Options(), settings)
        assert location.endpoint == "https://set.example"
        assert (options.profile, options.anonymous) == ("set", True)
        said = Options(profile="said", storage={"region": "said"}, read_only=True)
        location, options = as_set(place.with_endpoint("http://said"), said, settings)
        assert location.endpoint == "http://said"
        assert options.profile == "said"
        assert options.anonymous is None  # whoever names a profile wants it used
        assert options.storage == {"region": "said", "timeout": "1s"}
        assert options.read_only
        assert as_set(place, Options(anonymous=False), settings)[1].anonymous is False

    def test_an_endpoint_with_a_password(self) -> None:
        settings = Settings(places={"s3://b": {"endpoint_url": f"https://me:{SECRET}@host"}})
        with pytest.raises(UserError, match="password") as told:
            as_set(parse_location("s3://b/a"), Options(), settings)
        assert SECRET not in str(told.value)

    @pytest.mark.parametrize(
        "line",
        [
            f'storage_options = {{ password = 1, other = "{SECRET}" }}',
            f'storage_options = "{SECRET}"',
            f'password = "{SECRET}"',
            f'anonymous = "{SECRET}"',
            f'profile = ["{SECRET}"]',
        ],
    )
    def test_not_understood(self, tmp_path: Path, line: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f'[places."s3://b/"]\n{line}\n')
        with pytest.raises(UserError, match="not understood") as told:
            load_settings(file)
        assert SECRET not in str(told.value)


# Each way of giving a secret: the URL, options, lines of settings, environment and files.
GIVEN: dict[str, tuple[str, list[str], str, dict[str, str], dict[str, str]]] = {
    "environment": (
        *("s3://bucket/a", [], ""),
        {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": SECRET},
        {},
    ),
    "endpoint of the environment": (
        *("s3://bucket/a", [], "", {"AWS_ENDPOINT_URL": f"http://me:{SECRET}@127.0.0.1:9"}, {}),
    ),
    "profile": (
        *("s3://bucket/a", ["--profile", "lab"], "", {}),
        {".aws/credentials": f"[lab]\n{keys('K', aws_session_token=SECRET)}"},
    ),
    "S3 options": (
        "s3://bucket/a",
        ["--storage-option=access_key_id=K", f"--storage-option=secret_access_key={SECRET}"],
        *("", {}, {}),
    ),
    "unknown option": ("s3://bucket/a", [f"--storage-option=secret={SECRET}"], "", {}, {}),
    "no option": ("s3://bucket/a", [f"--storage-option=={SECRET}"], "", {}, {}),
    "Azure token": ("az://c@a/x", [f"--storage-option=sas_token=sig={SECRET}"], "", {}, {}),
    "Azure key": ("az://c@a/x", [f"--storage-option=account_key={SECRET}!"], "", {}, {}),
    "Google token": ("gs://b/a", [f"--storage-option=bearer_token={SECRET}"], "", {}, {}),
    "Google key": ("gs://b/a", [f"--storage-option=service_account_key={SECRET}"], "", {}, {}),
    "web token": (f"{DEAD}/a", [f"--storage-option=bearer_token={SECRET}"], "", {}, {}),
    "web token with a line": (
        f"{DEAD}/a",
        [f"--storage-option=bearer_token=\n{SECRET}"],
        "",
        {},
        {},
    ),
    "web password": (
        f"{DEAD}/a",
        ["--storage-option=username=me", f"--storage-option=password={SECRET}"],
        *("", {}, {}),
    ),
    "netrc": (
        *(f"{DEAD}/a", [], "", {}),
        {".netrc": f"machine 127.0.0.1 login me password {SECRET}\n"},
    ),
    "URL": (f"https://me:{SECRET}@127.0.0.1:9/a", [], "", {}, {}),
    "signed URL": (f"https://127.0.0.1:9/a?X-Amz-Signature={SECRET}", [], "", {}, {}),
    "token in a URL": (f"{DEAD}/a?token={SECRET}", [], "", {}, {}),
    "endpoint": ("s3://bucket/a", [f"--endpoint-url=http://me:{SECRET}@127.0.0.1:9"], "", {}, {}),
    "settings": (
        *("s3://bucket/a", []),
        f'storage_options = {{ access_key_id = "K", secret_access_key = "{SECRET}" }}',
        *({}, {}),
    ),
    "endpoint as an option": (
        *("s3://bucket/a", [f"--storage-option=endpoint=http://me:{SECRET}@127.0.0.1:9"]),
        *("", {}, {}),
    ),
    "endpoint in settings": (
        *("s3://bucket/a", [], f'endpoint_url = "http://me:{SECRET}@127.0.0.1:9"', {}, {}),
    ),
}


@pytest.mark.parametrize("way", GIVEN)
def test_no_secret_gets_out(
    way: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    hermetic: Path,
) -> None:
    """Neither on the screen, traceback included, nor in a repr, nor in a file."""
    monkeypatch.setitem(RETRIES, "max_retries", 0)
    monkeypatch.setenv("OMEZARR_TUI_DEBUG", "1")
    url, words, line, environment, files = GIVEN[way]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name, text in files.items():
        (hermetic / name).parent.mkdir(exist_ok=True)
        (hermetic / name).write_text(text)
        (hermetic / name).chmod(0o600)
    config = hermetic / ".config" / "omezarr-tui" / "settings.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[places."s3://bucket/"]\n{line}\n')
    if not environment and "endpoint" not in way and url[:2] in ("s3", "gs", "az"):
        words = [*words, f"--endpoint-url={DEAD}"]
    try:
        code = main(["tree", url, *words])
    except SystemExit as ended:  # of argparse
        code = ended.code
    assert code in (ExitCode.USAGE, ExitCode.UNREADABLE)
    told = capsys.readouterr()
    assert told.err
    assert "not foreseen" not in told.err
    assert SECRET not in told.out + told.err

    storage = dict(word.partition("=")[2].split("=", 1) for word in words if "storage" in word)
    options = Options(storage=storage, profile="lab" if "--profile" in words else None)
    settings = load_settings()
    told_of: list[object] = [options, settings]
    try:
        location, options = as_set(parse_location(url), options, settings)
        told_of += [location, location.identity, location.url, options]
        told_of += ways_to_open(location, options)
        remember(location, options, "image", 1.0)
        told_of += load_recent()
    except UserError as error:
        told_of += [error, str(error)]
    assert SECRET not in repr(told_of)
    written = [path for path in (hermetic / ".local").rglob("*") if path.is_file()]
    assert all(SECRET not in path.read_text() for path in written)
