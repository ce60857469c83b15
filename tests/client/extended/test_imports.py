"""A file sent and waited for, at a server that is a script."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client as Browser

from rondo_client import Client
from rondo_client.cli import app, codes, commands
from rondo_client.errors import ImportRefusedError, WaitedTooLongError
from tests.client.changing import Change, Changing

Serve = Callable[..., Client]


def standing(**fields: Any) -> Change:
    return lambda found: found.update(fields)


BAD = [
    {"unit": "line", "line": n, "column": 7 if n == 2 else None, "message": "empty"}
    for n in range(2, 14)
]
REFUSED = standing(
    state="failed", error="Nothing is stored: 15 rows are bad.", errors=BAD, errors_left_out=3
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"prompt": "Egg?"}')
    return path


@pytest.fixture
def serve() -> Serve:
    openapi = Browser().get("/api/v1/openapi.json").json()

    def serve_(**changes: list[Change]) -> Client:
        return Client("https://rondo.example.org", "t", http=Changing(openapi, **changes))

    return serve_


def test_a_file_is_sent_and_waited_for_until_it_is_stored(serve: Serve, file: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    client = serve(
        read_import=[
            standing(name="pairs.jsonl", state="queued", done=0, total=0),
            standing(name="pairs.jsonl", state="running", done=5, total=9),
            standing(name="pairs.jsonl", state="succeeded", done=9, total=9, created=9),
        ]
    )

    found = client.imports.upload(
        "kitchen", file, keep_good=True, poll=0, watch=lambda *said: told.append(said)
    )

    assert (found.state, found.created) == ("succeeded", 9)
    assert told == [
        ("sending pairs.jsonl", 0, None),
        ("pairs.jsonl: queued", 0, None),
        ("pairs.jsonl: running", 5, 9),
        ("pairs.jsonl: succeeded", 9, 9),
    ]


def test_a_refused_file_names_its_bad_rows(serve: Serve, file: Path) -> None:
    with pytest.raises(ImportRefusedError) as raised:
        serve(read_import=[REFUSED]).imports.upload("kitchen", file, poll=0)

    said = str(raised.value).splitlines()
    assert said[:3] == [
        "Nothing is stored: 15 rows are bad.",
        "  line 2, column 7: empty",
        "  line 3: empty",
    ]
    assert (len(said), said[-1], raised.value.errors) == (12, "  and 5 more", BAD)


def test_an_import_that_was_cancelled_says_so(serve: Serve) -> None:
    with pytest.raises(ImportRefusedError, match="was cancelled: nothing of eggs is stored"):
        serve(read_import=[standing(state="cancelled", name="eggs")]).imports.wait("kitchen", 7)


def test_an_import_is_not_waited_for_for_ever(serve: Serve) -> None:
    client = serve(read_import=[standing(state="running")])

    with pytest.raises(WaitedTooLongError, match="Import 7"):
        client.imports.wait("kitchen", 7, poll=0.01, timeout=0.02)


def test_in_the_shell_it_is_one_command(
    serve: Serve,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["imports", "upload", "kitchen", str(file), "--poll", "0", "--json"]

    monkeypatch.setattr(
        commands, "connect", lambda: serve(read_import=[standing(state="succeeded")])
    )
    assert app.run(words) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "succeeded"

    monkeypatch.setattr(commands, "connect", lambda: serve(read_import=[REFUSED]))
    assert app.run(words) == codes.NOT_VALID
    assert json.loads(capsys.readouterr().err)["errors"] == BAD


def test_a_folder_of_a_dataset_comes_in_file_by_file_in_its_splits(tmp_path: Path) -> None:
    for name in ("train/data-0.arrow", "train/state.json", "test/data-0.arrow", "more/a.csv",
                 "data/validation-00000-of-00001.parquet", "README.md"):  # fmt: skip
        path = tmp_path / "eggs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Egg?")
    openapi = Browser().get("/api/v1/openapi.json").json()
    server = Splits(openapi, read_import=[standing(state="succeeded")])
    client = Client("https://rondo.example.org", "t", http=server)

    found = list(client.imports.upload_folder("kitchen", tmp_path / "eggs", alike="all", poll=0))

    assert [each.state for each in found] == ["succeeded"] * 4
    assert server.sent == [
        ("validation-00000-of-00001.parquet", "heldout", "all"),
        ("a.csv", None, "all"),
        ("data-0.arrow", "heldout", "all"),
        ("data-0.arrow", "train", "all"),
    ]


def test_a_folder_without_data_is_told(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{}")

    with pytest.raises(ImportRefusedError, match="holds no data: no file of"):
        list(serve().imports.upload_folder("kitchen", tmp_path))


class Splits(Changing):
    """Notes what files came, for which split, and what becomes of alike prompts."""

    def __init__(self, *words: Any, **changes: Any) -> None:
        super().__init__(*words, **changes)
        self.sent: list[tuple[str, str | None, str | None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            name = re.findall(rb'filename="([^"]+)"', request.read())[0].decode()
            asked = request.url.params
            self.sent.append((name, asked.get("split"), asked.get("alike")))
        return super().handle_request(request)
