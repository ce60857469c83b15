"""The pages of tasks: the editor of settings, and the page that a manager tries."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Session, User
from labeling import kind_settings
from labeling.assigning import claim_next
from labeling.kinds import kinds
from labeling.models import Project
from tests.factories import make_completion, make_project, make_prompt, make_task
from tests.labeling.kinds.toy import NAME, TEMPLATE, make_toy
from tests.labeling.views.asking import JSON, at, send, signed_in
from tests.labeling.views.sending_back import Sent

pytestmark = pytest.mark.django_db
FORM = {
    "number": "1",
    "words": "2",
    "share": "0.5",
    "note": "",
    "hints": ["0"],
    "hints.0.text": "Be kind",
    "hints.0.tone": "warm",
}


@pytest.fixture
def client(mona: User) -> Client:
    """The manager's browser."""
    return signed_in(mona)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Demonstrations have settings."""
    make_toy(monkeypatch)


def page(kind: str, name: str = "task_pages") -> str:
    return f"{at(name)}?kind={kind}"


def stored(project: Project) -> list[dict[str, Any]]:
    return list(project.kind_settings.order_by("number").values_list("content", flat=True))


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_has_its_page_and_one_to_try(project: Project, client: Client, kind: str) -> None:
    editor = client.get(page(kind))
    tried = client.get(page(kind, "task_page_try"))

    assert (editor.status_code, tried.status_code) == (200, 200)
    assert f'src="{page(kind, "task_page_try")}"' in editor.content.decode()
    assert str(kinds()[kind].instruction) in tried.content.decode()
    # No other page may be framed, and no other may frame.
    assert "frame-src 'self'" in editor["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in editor["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in tried["Content-Security-Policy"]
    assert tried["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("kind", [name for name, each in kinds().items() if each.Settings])
def test_what_a_page_shows_can_be_saved(project: Project, client: Client, kind: str) -> None:
    shown = Sent(client.get(page(kind)).content.decode()).fields

    answer = client.post(page(kind), {**shown, "act": "save"})

    assert (answer.status_code, answer["Location"]) == (302, page(kind))
    template = kinds()[kind].read_settings(None).model_dump(mode="json")
    assert stored(project) == [template]


def test_a_kind_that_is_not_there(project: Project, client: Client) -> None:
    assert client.get(page("nothing")).status_code == 404


def test_a_change_is_stored_as_a_version(project: Project, client: Client, toy: None) -> None:
    assert '<option value="warm">' in client.get(page(NAME)).content.decode()
    answer = client.post(page(NAME), {**FORM, "act": "save"})

    assert (answer.status_code, answer["Location"]) == (302, page(NAME))
    hints = [{"text": "Be kind", "tone": "warm"}]
    assert stored(project) == [TEMPLATE, {**TEMPLATE, "words": 2, "hints": hints}]
    assert "v2 · Mona" in " ".join(client.get(page(NAME)).content.decode().split())


def test_what_is_wrong_is_said_at_its_field(project: Project, client: Client, toy: None) -> None:
    answer = client.post(page(NAME), {**FORM, "words": "99", "act": "save"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert '<p class="errors" id="set-words-error">At most 50.</p>' in text
    assert 'value="Be kind"' in text
    assert stored(project) == []


def test_a_row_is_added_and_nothing_is_stored(project: Project, client: Client, toy: None) -> None:
    answer = client.post(page(NAME), {**FORM, "act": "add.hints"})

    (field,) = [f for f in answer.context["fields"] if f.name == "hints"]
    assert [[i.value for i in row.inputs] for row in field.rows] == [
        ["Be kind", "warm"],
        ["", "plain"],
    ]
    assert stored(project) == []


def test_a_kind_without_settings_takes_none(project: Project, client: Client) -> None:
    assert client.post(page("correction"), {"act": "save"}).status_code == 422


def test_open_tasks_follow_where_asked(project: Project, client: Client, toy: None) -> None:
    left = make_task(project)
    assert "the 1 open task that nobody has begun" in client.get(page(NAME)).content.decode()
    client.post(page(NAME), {**FORM, "act": "save", "open_tasks": "on"})

    left.refresh_from_db()
    assert left.settings is not None
    assert left.settings.number == 2


def send_tried(client: Client, kind: str, sent: dict[str, Any], **query: object) -> Any:
    path = page(kind, "task_page_try") + "".join(f"&{k}={v}" for k, v in query.items())
    return client.post(path, json.dumps(sent), **JSON)


def answer_of(body: dict[str, Any]) -> dict[str, Any]:
    key = "00000000-0000-4000-8000-000000000000"
    return {"body": body, "client_key": key, "active_seconds": 1, "guideline_version": 1}


def test_an_answer_that_is_tried_is_read_back_and_not_stored(
    project: Project, client: Client
) -> None:
    prompt = make_prompt(project)
    better, worse = make_completion(prompt, "Six."), make_completion(prompt, "An hour.")
    ours = [m for m in apps.get_models() if m is not Session]
    before = {m._meta.label: m._default_manager.count() for m in ours}

    body = {"tiers": [[better.pk], [worse.pk]], "unacceptable": []}
    found = send_tried(client, "ranking", answer_of(body), prompt=prompt.pk)
    draft = {"draft": body, "version": 3, "active_seconds": 1}
    kept = send_tried(client, "ranking", draft, prompt=prompt.pk)

    assert found.status_code == 201
    assert "A &gt; B" in found.json()["task"]["html"]
    assert kept.json()["version"] == 4
    assert {m._meta.label: m._default_manager.count() for m in ours} == before


def test_a_wrong_answer_is_refused_as_it_would_be(project: Project, client: Client) -> None:
    found = send_tried(client, "ranking", answer_of({"tiers": [], "unacceptable": []}))
    assert found.status_code == 422
    assert "have no place yet" in found.json()["errors"][0]["message"]


def test_what_the_form_holds_is_tried_before_it_is_stored(
    project: Project, client: Client, toy: None
) -> None:
    short = answer_of({"text": "Six."})
    assert send_tried(client, NAME, short).status_code == 201
    client.post(page(NAME), {**FORM, "act": "show"})
    assert send_tried(client, NAME, short).status_code == 422
    client.post(page(NAME), {**FORM, "words": "many", "act": "show"})  # is not tried
    assert send_tried(client, NAME, short).status_code == 422
    client.get(page(NAME))  # begins anew
    assert send_tried(client, NAME, short).status_code == 201


def test_a_prompt_of_another_project_is_not_tried(project: Project, client: Client) -> None:
    foreign = make_prompt(make_project("elsewhere"))
    path = f"{page('ranking', 'task_page_try')}&prompt={foreign.pk}"
    assert client.get(path).status_code == 404


def test_the_next_task_comes_with_a_whole_page_where_its_settings_differ(
    project: Project, mona: User, ada: User, toy: None
) -> None:
    for _ in range(2):
        make_task(project)
    content = {**TEMPLATE, "words": 2}
    kind_settings.change(
        project=project, kind=NAME, content=content, number=1, by=mona, open_tasks=False
    )
    make_task(project, priority=-1)
    client = signed_in(ada)
    taken = []
    for _ in range(2):
        hers = claim_next(project=project, annotator=ada)
        assert hers is not None
        taken.append(send(client, hers, body={"text": "Six minutes."}).json()["task"] is not None)

    assert taken == [True, False]
