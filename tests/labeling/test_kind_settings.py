"""Settings of kinds by version: who is asked under which."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling import kind_settings
from labeling.assigning import claim_next
from labeling.checks.files import parse_golds
from labeling.checks.uploading import store
from labeling.kinds import kinds
from labeling.models import Annotation, KindSettings, Project, Task
from labeling.submitting import submit
from tests.factories import make_task
from tests.labeling.kinds.toy import NAME, TEMPLATE, make_toy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Demonstrations have settings."""
    make_toy(monkeypatch)


def change(project: Project, mona: User, number: int = 1, **content: Any) -> KindSettings:
    open_tasks = content.pop("open_tasks", False)
    return kind_settings.change(
        project=project,
        kind=NAME,
        content={**TEMPLATE, **content},
        number=number,
        by=mona,
        open_tasks=open_tasks,
    )


def versions(project: Project) -> list[tuple[int, int]]:
    rows = project.kind_settings.order_by("number")
    return [(row.number, row.content["words"]) for row in rows]


def test_a_task_keeps_the_version_that_it_was_opened_with(project: Project, mona: User) -> None:
    first = make_task(project)
    change(project, mona, words=5)
    second = make_task(project)

    assert versions(project) == [(1, 1), (2, 5)]
    assert first.settings is not None
    assert first.settings.content == TEMPLATE
    assert [kinds()[NAME].settings_of(task).words for task in (first, second)] == [1, 5]
    assert make_task(project, "correction").settings is None  # which has no settings
    (entry,) = AuditEntry.objects.filter(action="kind.changed")
    assert entry.details == {"kind": NAME, "version": 2, "open_tasks": 0}


def test_a_task_of_before_is_under_the_template(project: Project) -> None:
    task = make_task(project)
    Task.objects.update(settings=None)
    task.refresh_from_db()

    assert kinds()[NAME].settings_of(task).model_dump() == TEMPLATE


def test_an_answer_is_checked_under_its_tasks_version(
    project: Project, mona: User, ada: User
) -> None:
    change(project, mona, words=2)
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    change(project, mona, 2, words=1)
    answer = {"assignment": hers, "client_key": hers.client_key, "active_seconds": 1}

    with pytest.raises(BadInputError):
        submit(body={"text": "Six."}, **answer)
    assert submit(body={"text": "Six minutes."}, **answer).body == {"text": "Six minutes."}


def test_open_tasks_that_nobody_has_begun_may_follow(
    project: Project, mona: User, ada: User
) -> None:
    begun, waiting = make_task(project), make_task(project)
    other = make_task(project, "correction")
    claim_next(project=project, annotator=ada)

    after = change(project, mona, words=5, open_tasks=True)

    now = {task.pk: task.settings_id for task in Task.objects.all()}
    assert now == {begun.pk: begun.settings_id, waiting.pk: after.pk, other.pk: None}
    (entry,) = AuditEntry.objects.filter(action="kind.changed")
    assert entry.details["open_tasks"] == 1


def test_what_did_not_change_is_no_version(project: Project, mona: User) -> None:
    change(project, mona)
    change(project, mona)

    assert versions(project) == [(1, 1)]
    assert not AuditEntry.objects.filter(action="kind.changed").exists()


def test_who_began_from_an_older_version_is_told(project: Project, mona: User) -> None:
    change(project, mona, words=5)
    with pytest.raises(ConflictError):
        change(project, mona, 1, words=6)
    assert versions(project) == [(1, 1), (2, 5)]


def test_wrong_settings_are_refused_by_field(project: Project, mona: User) -> None:
    with pytest.raises(BadInputError) as caught:
        change(project, mona, words=99)
    assert caught.value.errors == {"words": "At most 50."}
    assert versions(project) == []


def test_gold_tasks_are_read_and_stored_under_the_version_in_force(
    project: Project, mona: User
) -> None:
    line = '{"kind": "demonstration", "prompt": "How long?", "answer": {"text": "Six minutes."}}'
    change(project, mona, words=3)
    assert [error.message for error in parse_golds(line, project=project).errors] == [
        "too few words"
    ]
    change(project, mona, 2, words=2)

    rows = parse_golds(line, project=project).rows
    assert store(project=project, rows=rows, by=mona, source="golds.jsonl") == 1
    (gold,) = Annotation.objects.select_related("task__settings")
    assert gold.task.settings is not None
    assert gold.task.settings.number == 3
