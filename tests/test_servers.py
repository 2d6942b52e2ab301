"""The servers that the tests start behave as those that they stand for."""

from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import obstore
import paramiko
import pytest
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, HTTPStore, ObjectStore, S3Store
from servers import azure as azure_server
from servers import gcs as gcs_server
from servers import s3 as s3_server
from servers import ssh as ssh_server
from servers import web as web_server
from servers.azure import AzureServer
from servers.buckets import empty, upload
from servers.gcs import GCSServer
from servers.s3 import S3Server
from servers.ssh import SSHServer
from servers.web import WebServer

NAMES = ["a/0.txt", "a/b c#d%é/1.txt", "top"]
CONTENT = b"0123456789"
ONCE = {"max_retries": 0}
PLAIN_HTTP = {"allow_http": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "some" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
    return tmp_path / "some"


def is_read(store: ObjectStore) -> None:
    """What a test uploaded can be listed and read, and what is missing is missing."""
    assert sorted(entry["path"] for entry in obstore.list(store).collect()) == NAMES
    assert sorted(obstore.list_with_delimiter(store, "a")["common_prefixes"]) == ["a/b c#d%é"]
    for name in NAMES:
        assert obstore.head(store, name)["size"] == len(CONTENT)
        assert bytes(obstore.get_range(store, name, start=2, end=5)) == b"234"
    with pytest.raises(FileNotFoundError):
        obstore.get(store, "missing")


def is_written(store: ObjectStore, folder: Path) -> None:
    """A bucket takes a folder, many pages of it, and gives it away again."""
    many = folder / "many"
    many.mkdir()
    for number in range(1005):
        (many / str(number)).write_bytes(b"x")
    assert upload(store, folder, "up/") == 1005 + len(NAMES)
    paths = [entry["path"] for page in obstore.list(store, "up") for entry in page]
    assert len(paths) == len(set(paths)) == 1005 + len(NAMES)
    empty(store)
    assert obstore.list(store).collect() == []


def is_refused(store: ObjectStore, error: type[Exception]) -> None:
    for ask in (
        lambda: obstore.get(store, NAMES[0]),
        lambda: obstore.get(store, "missing"),
        lambda: obstore.head(store, NAMES[1]),
    ):
        with pytest.raises(error):
            ask()
    with pytest.raises(BaseError):
        obstore.list(store).collect()


def s3_store(server: S3Server, bucket: str, **credentials: str | bool) -> S3Store:
    return S3Store(
        bucket,
        endpoint=server.endpoint,
        region=s3_server.REGION,
        client_options=PLAIN_HTTP,
        retry_config=ONCE,
        **credentials,
    )


@pytest.mark.parametrize("name", [s3_server.PUBLIC, s3_server.UNLISTED, s3_server.PRIVATE])
def test_s3(s3: S3Server, folder: Path, name: str) -> None:
    bucket = s3.bucket(name)
    empty(bucket)  # of what other tests put there
    upload(bucket, folder)
    is_read(bucket)
    assert obstore.get(bucket, NAMES[1], options={"range": {"suffix": 3}}).bytes() == b"789"
    anonymous = s3_store(s3, name, skip_signature=True)
    match name:
        case s3_server.PUBLIC:
            is_read(anonymous)
        case s3_server.PRIVATE:
            is_refused(anonymous, PermissionDeniedError)
        case s3_server.UNLISTED:
            assert obstore.get(anonymous, NAMES[1]).bytes() == CONTENT
            with pytest.raises(PermissionDeniedError):
                obstore.get(anonymous, "missing")
            with pytest.raises(BaseError, match="AccessDenied"):
                obstore.list(anonymous).collect()
    with pytest.raises(PermissionDeniedError):
        obstore.put(anonymous, "new", CONTENT)
    unknown = s3_store(s3, name, access_key_id="AKIANOBODY", secret_access_key="x")
    is_refused(unknown, PermissionDeniedError)
    expired = {"access_key_id": s3_server.EXPIRED_KEY_ID, "secret_access_key": "x", "token": "y"}
    with pytest.raises(BaseError, match="ExpiredToken"):
        obstore.get(s3_store(s3, name, **expired), NAMES[0])
    empty(bucket)


def test_s3_fills_and_empties(s3: S3Server, folder: Path) -> None:
    is_written(s3.bucket(s3_server.PRIVATE), folder)


def test_s3_by_its_environment(s3: S3Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = s3.bucket(s3_server.PRIVATE)
    empty(bucket)
    upload(bucket, folder)
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    is_read(S3Store(s3_server.PRIVATE, client_options=PLAIN_HTTP, retry_config=ONCE))
    empty(bucket)


@pytest.mark.parametrize("name", [gcs_server.PUBLIC, gcs_server.PRIVATE])
def test_gcs(gcs: GCSServer, folder: Path, name: str) -> None:
    bucket = gcs.bucket(name)
    empty(bucket)  # of what other tests put there
    upload(bucket, folder)
    is_read(bucket)
    assert obstore.get(bucket, NAMES[1], options={"range": {"suffix": 3}}).bytes() == b"789"
    where = {"base_url": gcs.endpoint, "client_options": PLAIN_HTTP, "retry_config": ONCE}

    def shown(token: str) -> GCSStore:
        credential = {"token": token, "expires_at": None}
        return GCSStore(name, credential_provider=lambda: credential, **where)

    is_read(shown(gcs_server.TOKEN))
    is_refused(shown("of yesterday"), UnauthenticatedError)
    anonymous = GCSStore(name, skip_signature=True, **where)
    if name == gcs_server.PUBLIC:
        is_read(anonymous)
    else:
        is_refused(anonymous, UnauthenticatedError)
    empty(bucket)


def test_gcs_fills_and_empties(gcs: GCSServer, folder: Path) -> None:
    is_written(gcs.bucket(gcs_server.PRIVATE), folder)


@pytest.mark.parametrize("name", [azure_server.PUBLIC, azure_server.PRIVATE])
def test_azure(azure: AzureServer, folder: Path, name: str) -> None:
    container = azure.container(name)
    empty(container)
    upload(container, folder)
    is_read(container)
    anonymous = AzureStore(
        name,
        account_name=azure_server.ACCOUNT,
        endpoint=azure.endpoint,
        skip_signature=True,
        client_options=PLAIN_HTTP,
        retry_config=ONCE,
    )
    if name == azure_server.PUBLIC:
        is_read(anonymous)
    else:
        is_refused(anonymous, PermissionDeniedError)
    with pytest.raises(PermissionDeniedError):
        obstore.put(anonymous, "new", CONTENT)
    empty(container)


def test_azure_fills_and_empties(azure: AzureServer, folder: Path) -> None:
    is_written(azure.container(azure_server.PRIVATE), folder)


def answer(url: str, **headers: str) -> tuple[int, str, bytes]:
    """Status, type of content and body."""
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as response:
            return response.status, response.headers["Content-Type"], response.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def test_web(web: WebServer, folder: Path) -> None:
    (web.folder / "web").symlink_to(folder)
    name = f"/web/{quote(NAMES[1])}"
    for url in (web.plain, web.listing, web.page, web.forbidding):
        assert answer(url + name, Range="bytes=2-4")[::2] == (206, b"234")
        store = HTTPStore(url, client_options=PLAIN_HTTP)
        assert bytes(obstore.get_range(store, "web/top", start=2, end=5)) == b"234"
    assert answer(web.whole + name, Range="bytes=2-4")[::2] == (200, CONTENT)
    missing = {url: answer(f"{url}/web/missing") for url in (web.plain, web.listing, web.page)}
    assert missing[web.plain][0] == missing[web.listing][0] == 404
    assert missing[web.page][:2] == (200, "text/html")
    assert answer(f"{web.forbidding}/web/missing")[0] == 403
    assert answer(f"{web.plain}/web/a/")[0] == 403
    status, kind, body = answer(f"{web.listing}/web/a/")
    assert (status, kind) == (200, "text/html")
    assert b"0.txt" in body


def test_web_with_a_password(web: WebServer) -> None:
    (web.folder / "secret.txt").write_bytes(CONTENT)
    url = f"{web.secret}/secret.txt"
    assert answer(url)[0] == 401
    for password, status in ((web_server.PASSWORD, 200), ("guess", 401)):
        who = b64encode(f"{web_server.USER}:{password}".encode()).decode()
        assert answer(url, Authorization=f"Basic {who}")[0] == status


def test_ssh(ssh: SSHServer, folder: Path, tmp_path: Path) -> None:
    ssh.trust(tmp_path)
    told = paramiko.SSHConfig.from_path(str(tmp_path / ".ssh" / "config")).lookup(ssh_server.ALIAS)
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(tmp_path / ".ssh" / "known_hosts"))
        client.connect(
            told["hostname"],
            int(told["port"]),
            told["user"],
            key_filename=told["identityfile"],
            look_for_keys=False,
            allow_agent=False,
        )
        sftp = client.open_sftp()
        assert sorted(sftp.listdir(str(folder))) == ["a", "top"]
        with sftp.open(str(folder / NAMES[1])) as file:
            file.seek(2)
            assert file.read(3) == b"234"
        with sftp.open(str(folder / "new"), "w") as file:
            file.write(CONTENT)
    assert (folder / "new").read_bytes() == CONTENT


def test_ssh_refuses_other_keys(ssh: SSHServer) -> None:
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(ssh.known_hosts))
        with pytest.raises(paramiko.AuthenticationException):
            client.connect(
                ssh.host, ssh.port, ssh.user, pkey=paramiko.RSAKey.generate(2048), allow_agent=False
            )
