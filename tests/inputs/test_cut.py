"""An export that is cut anywhere goes on from there, and its SHA-256 is that of the whole."""

import base64
import hashlib
import random
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from accounts import services
from accounts.models import User
from api.exports import freezing
from api.exports.filters import Filters
from jobs import handlers
from labeling.models import Project, Role
from rondo_client import Client
from rondo_client.errors import UnreachableError
from rondo_client.retrying import Retrying
from rounds.models import FrozenExport
from tests.factories import make_member, make_project, make_prompt
from tests.inputs.serving import SECONDS, kill, until
from tests.web_server import WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MIB = 2**20
PROMPTS = 12  # of a MiB each: more than any buffer on the way holds


@pytest.fixture
def mona() -> User:
    return make_member(make_project("kitchen"), "Mona", Role.MANAGER)


@pytest.fixture
def frozen(mona: User) -> FrozenExport:
    """An export of many MiB, as a worker has written it."""
    project = Project.objects.get()
    for number in range(PROMPTS):
        make_prompt(project, random.Random(number).randbytes(MIB // 2).hex())
    row = freezing.freeze(
        project=project, dataset="prompts", encoding="jsonl", filters=Filters(), by=mona
    )
    assert row.job is not None
    handlers.get(row.job.kind).run(row.job)
    row.job.state = "succeeded"
    row.job.save()
    row.refresh_from_db()
    assert row.size > PROMPTS * MIB
    return row


@pytest.fixture
def token(mona: User) -> str:
    return services.create_api_token(user=mona, name="a")[1]


def ask(
    server: WebServer, frozen: FrozenExport, token: str, **headers: str
) -> tuple[HTTPConnection, HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    path = f"/api/v1/projects/kitchen/exports/{frozen.pk}/file"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}", **named})
    return connection, connection.getresponse()


@pytest.mark.parametrize("killed", [False, True], ids=["by the reader", "by a killed server"])
def test_it_goes_on_from_any_byte(
    server: WebServer, frozen: FrozenExport, token: str, killed: bool
) -> None:
    content, tag = b"", ""
    for wanted in (1, 100_001, 3 * MIB + 7, frozen.size - 1):
        parts = {"Range": f"bytes={len(content)}-", "If_Range": tag} if content else {}
        connection, response = ask(server, frozen, token, **parts)
        assert response.status == (206 if content else 200)
        tag = response.headers["ETag"]
        content += response.read(wanted - len(content))
        if killed and wanted < frozen.size - 1:
            kill(server)
            with pytest.raises((IncompleteRead, ConnectionError)):
                response.read()
            until(lambda: server.get("/healthz") == 200)
        connection.close()
        assert len(content) == wanted

    connection, last = ask(server, frozen, token, Range=f"bytes={len(content)}-", If_Range=tag)
    content += last.read()
    connection.close()
    connection, whole = ask(server, frozen, token)

    assert whole.read() == content
    connection.close()
    digest = hashlib.sha256(content)
    assert (digest.hexdigest(), f'"{digest.hexdigest()}"') == (frozen.sha256, tag)
    told = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert (last.headers["Repr-Digest"], whole.headers["Repr-Digest"]) == (told, told)


def test_a_part_of_another_file_is_never_joined(
    server: WebServer, frozen: FrozenExport, token: str
) -> None:
    connection, response = ask(server, frozen, token, Range="bytes=5-", If_Range='"another"')

    assert (response.status, response.headers["Content-Length"]) == (200, str(frozen.size))
    assert hashlib.sha256(response.read()).hexdigest() == frozen.sha256
    connection.close()


def test_the_client_goes_on_by_itself(
    server: WebServer, frozen: FrozenExport, token: str, tmp_path: Path
) -> None:
    told: list[int] = []

    def progress(done: int, total: int | None) -> None:
        if done > 2 * MIB and max(told, default=0) <= 2 * MIB:
            kill(server)
        told.append(done)

    retrying = Retrying(tries=30, first_wait=2.0, longest_wait=4.0)
    with Client(f"http://127.0.0.1:{server.port}", token, retrying=retrying) as client:
        path = client.exports.read_frozen_file(
            "kitchen", frozen.pk, tmp_path / "prompts.jsonl", progress=progress
        )

    assert hashlib.sha256(path.read_bytes()).hexdigest() == frozen.sha256
    assert [done for done in told if done == 0] == [0]  # nothing was asked for twice
    assert sorted(path.name for path in tmp_path.glob("prompts*")) == ["prompts.jsonl"]


def test_the_next_call_of_the_client_goes_on(
    server: WebServer, frozen: FrozenExport, token: str, tmp_path: Path
) -> None:
    def progress(done: int, total: int | None) -> None:
        if done > 2 * MIB:
            kill(server)

    target, url = tmp_path / "prompts.jsonl", f"http://127.0.0.1:{server.port}"
    with (
        Client(url, token, retrying=Retrying(tries=1)) as client,
        pytest.raises(UnreachableError, match="Run the same again"),
    ):
        client.exports.read_frozen_file("kitchen", frozen.pk, target, progress=progress)
    begun = (tmp_path / "prompts.jsonl.part").stat().st_size
    until(lambda: server.get("/healthz") == 200)

    told: list[int] = []
    with Client(url, token) as client:
        client.exports.read_frozen_file(
            "kitchen", frozen.pk, target, progress=lambda done, total: told.append(done)
        )

    assert (told[0], 2 * MIB < begun < frozen.size) == (begun, True)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == frozen.sha256
