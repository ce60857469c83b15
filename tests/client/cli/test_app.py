"""The command: what it prints, and its exit codes."""

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client as Browser

from rondo_client import client, errors
from rondo_client.cli import app, codes, commands, output
from rondo_client.nouns import Nouns
from rondo_client.settings import login_file
from rondo_client.transport import Transport
from tests.client.promised import Promised
from tests.client.test_transport import Script, problem

URL = "https://rondo.example.org"
PROJECT = {"slug": "kitchen", "name": "Kitchen [red]", "description": "", "role": "manager"}


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("RONDO_URL", URL)
    monkeypatch.setenv("RONDO_TOKEN", "rondo_secret")
    monkeypatch.setenv("COLUMNS", "200")


def serve(monkeypatch: pytest.MonkeyPatch, http: httpx.BaseTransport) -> None:
    """Let the command talk with `http`."""

    def transport(*words: Any, **more: Any) -> Transport:
        return Transport(*words, **{**more, "http": http})

    monkeypatch.setattr(client, "Transport", transport)


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> Promised:
    server = Promised(Browser().get("/api/v1/openapi.json").json())
    serve(monkeypatch, server)
    return server


def test_a_list_is_a_table_or_json_lines(
    promised: Promised, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["projects", "list"]) == 0
    shown = capsys.readouterr().out
    assert "slug" in shown.splitlines()[0]
    assert "kitchen" in shown
    assert app.run(["projects", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["slug"] for row in rows] == ["kitchen", "kitchen"]


def test_one_thing_is_a_line_a_field_or_json(
    promised: Promised, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["projects", "read", "kitchen"]) == 0
    assert "role" in capsys.readouterr().out
    assert app.run(["projects", "read", "kitchen", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["slug"] == "kitchen"


def test_a_word_that_python_has_for_itself_is_none_in_the_shell(
    promised: Promised, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["imports", "undo", "--help"]) == 0
    assert "IMPORT_" not in capsys.readouterr().out.upper()
    assert app.run(["imports", "undo", "kitchen", "7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"]
    assert promised.seen == [("POST", "/api/v1/projects/{slug}/imports/{pk}/undo")]


def test_an_export_is_written_where_it_was_asked_for(
    promised: Promised, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "preferences.jsonl"
    words = ["exports", "export", "kitchen", "preferences", "jsonl", str(target)]

    assert app.run([*words, "--split", "train"]) == 0
    assert target.read_bytes() == b"file"
    assert capsys.readouterr().out.strip() == str(target)


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, 3), (403, 4), (404, 5), (409, 6), (400, 7), (413, 7), (422, 7), (500, 8)],
)
def test_an_error_says_why_and_has_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int, code: int
) -> None:
    serve(monkeypatch, Script(problem(status), problem(status)))

    assert app.run(["projects", "read", "kitchen"]) == code
    assert "Error: Do this." in capsys.readouterr().err
    assert app.run(["projects", "read", "kitchen", "--json"]) == code
    told = json.loads(capsys.readouterr().err)
    assert (told["detail"], told["status"]) == ("Do this.", status)


def test_a_wrong_command_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["projects", "bake"]) == codes.USAGE
    assert "No such command 'bake'" in capsys.readouterr().err


def test_signing_in_keeps_what_the_server_has_taken(
    promised: Promised, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RONDO_URL")
    monkeypatch.delenv("RONDO_TOKEN")
    assert app.run(["status"]) == codes.NOT_SIGNED_IN
    capsys.readouterr()

    assert app.run(["login", f"{URL}/", "--token", "rondo_mine"]) == 0
    assert f"Signed in at {URL}" in capsys.readouterr().out
    assert json.loads(login_file().read_text()) == {"url": URL, "token": "rondo_mine"}
    assert app.run(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == URL
    assert app.run(["logout"]) == 0
    assert not login_file().exists()


def test_a_token_that_the_server_refuses_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, Script(problem(401)))

    assert app.run(["login", URL, "--token", "rondo_wrong"]) == codes.NOT_SIGNED_IN
    assert not login_file().exists()


def test_every_error_of_the_client_has_an_exit_code() -> None:
    leaves = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.RondoError)
    ]
    general = {errors.RondoError, errors.ApiError}

    assert {
        kind for kind in leaves if not any(issubclass(kind, known) for known, _ in codes.BY_ERROR)
    } == general


def test_the_command_starts_without_django_or_torch() -> None:
    code = (
        "import sys\nfrom rondo_client.cli.app import run\nrun(['projects', '--help'])\n"
        "print({'django', 'torch', 'pandas', 'datasets'} & sys.modules.keys(), file=sys.stderr)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root / "client")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "set()"
    assert "list" in done.stdout


def test_a_list_ends_where_it_was_asked_to(
    promised: Promised, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["projects", "list", "--json", "--limit", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert app.run(["projects", "list", "--limit", "0"]) == codes.USAGE
    capsys.readouterr()
    assert app.run(["projects", "read", "kitchen", "--limit", "1"]) == codes.USAGE


def test_a_narrow_table_leaves_columns_out_and_no_part_of_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    slug = "a-kitchen-of-a-very-long-name-at-home"
    output.show(
        iter([{"slug": slug, "number": 7, "name": "x" * 30, "is_archived": False}]), as_json=False
    )

    told = capsys.readouterr()
    plain = re.sub(r"\x1b\[\d*m", "", told.out)
    assert [line.split() for line in plain.splitlines()] == [["slug"], [slug]]
    assert told.err == "With --json also: number, name, is archived.\n"


def test_parts_of_a_thing_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [{"name": "sft", "is_done": True, "runs": [1, 2]}, {"name": "ppo", "detail": None}]
    output.show({"number": 1, "plan": {"tasks": {"ranking": 6}}, "steps": steps}, as_json=False)

    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()] == [
        "number 1",
        "plan tasks: ranking 6",
        "steps name sft, is done yes, runs 1; 2",
        "name ppo, detail –",
    ]


def test_a_prompt_of_a_list_is_told_by_its_last_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How\nlong?"},
    ]
    output.show(iter([{"id": 3, "messages": messages, "kinds": ["ranking"]}]), as_json=False)

    told = capsys.readouterr()
    assert [line.split() for line in told.out.splitlines()] == [
        ["id", "messages"],
        ["3", "How", "long?"],
    ]
    assert told.err == "With --json also: kinds.\n"


def test_what_is_nothing_but_a_list_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [{"name": name, "answer": {"type": "object"}} for name in ("ranking", "rating")]
    output.show({"kinds": kinds}, as_json=False)

    told = capsys.readouterr()
    assert told.out.split() == ["name", "ranking", "rating"]
    assert told.err == "With --json also: answer.\n"


@pytest.mark.parametrize(
    ("words", "part", "hint"),
    [
        (["imports", "read", "kitchen", "99"], "pk", "rondo imports list kitchen"),
        (["imports", "read", "kitchen", "99"], "slug", "rondo projects list"),
        (["exports", "read-frozen", "kitchen", "99"], "pk", "rondo exports list-frozen kitchen"),
        (["own-answers", "read", "kitchen", "99"], "pk", "rondo own-answers list kitchen"),
        (["jobs", "read", "99"], "pk", "rondo jobs list"),
        (["runs", "list-events", "a b", "99"], "pk", "rondo runs list 'a b'"),
        (["labels", "list-models-of", "kitchen", "99"], "pk", ""),
        (["runs", "read-evaluation", "kitchen", "99"], "", ""),
    ],
)
def test_what_is_not_there_leads_to_the_command_that_lists_what_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    part: str,
    hint: str,
) -> None:
    said = "There is none."
    wrong = [{"field": part, "message": said}] if part else []
    document = {"type": "not_found", "status": 404, "detail": said, "errors": wrong}
    serve(monkeypatch, Script(httpx.Response(404, json=document)))

    assert app.run(words) == codes.NOT_FOUND
    shows = "yours." if part == "slug" else "those that there are."
    lines = [f"`{hint}` shows {shows}"] if hint else []
    assert capsys.readouterr().err.splitlines() == [f"Error: {said}", *lines]


def test_every_option_says_what_it_is_for() -> None:
    silent = {
        (noun, verb, name)
        for noun, resource in vars(Nouns(None)).items()  # type: ignore[arg-type]
        for verb, method in commands.methods(type(resource))
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        and name not in commands.BARS
        and not re.search(rf"^{name}: ", inspect.getdoc(method) or "", re.MULTILINE)
    }
    assert silent == set()


def test_a_list_of_words_is_an_option_for_each(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    answer = promised.handle_request

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.read()))
        return answer(request)

    monkeypatch.setattr(promised, "handle_request", keep)
    url = "https://hooks.example.org/rondo"
    events = ["--events", "run.ended", "--events", "model.promoted"]

    assert app.run(["webhooks", "add", "kitchen", "--url", url, *events]) == 0
    assert sent == [{"url": url, "events": ["run.ended", "model.promoted"]}]
