"""Files that a job stores: whole or not at all, whoever dies or cancels, told of as they go."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import User
from core.errors import ConflictError, StaleEpochError
from jobs import handlers, services
from jobs.models import Job
from labeling import import_jobs, whole_files
from labeling.import_jobs import How, cancel, send_import
from labeling.models import Import, Project, Prompt, PromptUpload, Role
from tests.doing_jobs import do
from tests.factories import make_member, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("kitchen")


@pytest.fixture
def mona(project: Project) -> User:
    return make_member(project, "Mona", Role.MANAGER)


def sent(project: Project, by: User, *texts: str, **how: Any) -> Import:
    raw = b"".join(json.dumps({"prompt": text}).encode() + b"\n" for text in texts)
    return send_import(project=project, file=BytesIO(raw), name="eggs.jsonl", by=by, how=How(**how))


def job_of(imported: Import) -> Job:
    return Job.objects.get(imports=imported)


def now(imported: Import) -> Import:
    return Import.objects.select_related("job").get(pk=imported.pk)


def test_a_file_is_kept_until_its_job_has_stored_it(project: Project, mona: User) -> None:
    imported = sent(project, mona, "Egg?", "Rice?", heldout_percent=50)
    assert (now(imported).state, PromptUpload.objects.count()) == ("queued", 1)

    job = do(job_of(imported))

    assert (job.state, job.result) == ("succeeded", {"created": 2, "labels": 0})
    stored = now(imported)
    assert (stored.state, stored.rows, stored.created, stored.form) == ("succeeded", 2, 2, "JSON")
    assert stored.outcome == {
        "is_stored": True,
        "good": 2,
        "known": 0,
        "alike": 0,
        "beyond": 0,
        "rubrics": 0,
        "errors": [],
        "errors_left_out": 0,
    }
    assert set(Prompt.objects.values_list("imported", flat=True)) == {imported.pk}
    assert not PromptUpload.objects.exists()


def test_what_is_known_already_is_an_import_that_brought_nothing(
    project: Project, mona: User
) -> None:
    do(job_of(sent(project, mona, "Egg?")))
    again = sent(project, mona, "Egg?")
    do(job_of(again))

    found = now(again)
    assert (found.state, found.rows, found.created, found.outcome["known"]) == (
        "succeeded",
        1,
        0,
        1,
    )


def test_bad_rows_are_told_in_the_language_of_who_sent_them(project: Project, mona: User) -> None:
    with translation.override("zh-hans"):
        imported = sent(project, mona, "Egg?", "")

    job = do(job_of(imported))

    assert (job.state, job.error_code, job.error) == (
        "failed",
        "bad_input",
        "什么都没有保存：有 1 行有误。请更正或修复这些行，或者只保留正确的行。",
    )
    found = now(imported)
    assert (found.state, Prompt.objects.count()) == ("failed", 0)
    assert [(each["line"], each["said"].partition("：")[0]) for each in found.errors] == [
        (2, "第 2 行")
    ]
    assert not PromptUpload.objects.exists()


def run(job: Job) -> Job:
    """What a worker does with a job that it has claimed."""
    handler = handlers.get(import_jobs.IMPORT)
    result = handler.run(job)  # type: ignore[union-attr]
    return services.succeed(job=job, result=result)


@pytest.mark.parametrize("noticed", [4, None])
def test_the_job_says_how_far_it_is_and_stops_when_it_is_asked_to(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch, noticed: int | None
) -> None:
    monkeypatch.setattr(whole_files, "AT_ONCE", 2)
    imported = sent(project, mona, *map(str, range(5)))
    job = services.claim(job_id=job_of(imported).pk, worker="celery@here")
    cancel(imported=now(imported), by=mona)
    told: list[tuple[int, int]] = []

    def asked(*, job: Job) -> bool:
        told.append((job.step, job.total_steps))
        return job.step == noticed

    monkeypatch.setattr(import_jobs.jobs, "is_cancel_requested", asked)

    assert (run(job).state, now(imported).state) == ("cancelled", "cancelled")
    assert told == [(2, 5), (4, 5), (5, 5)][: None if noticed is None else 2]
    assert (Prompt.objects.count(), PromptUpload.objects.count()) == (0, 0)
    with pytest.raises(ConflictError, match="has ended already"):
        cancel(imported=now(imported), by=mona)


def test_a_worker_that_lost_the_job_stores_nothing_and_the_other_does(
    project: Project, mona: User
) -> None:
    imported = sent(project, mona, "Egg?")
    lost = services.claim(job_id=job_of(imported).pk, worker="celery@slow")
    Job.objects.update(state="queued", lease_until=None)
    other = services.claim(job_id=lost.pk, worker="celery@quick")

    with pytest.raises(StaleEpochError):
        run(lost)
    assert Prompt.objects.count() == 0

    assert (run(other).state, Prompt.objects.count()) == ("succeeded", 1)


def test_a_job_that_died_after_it_had_stored_all_does_not_store_it_twice(
    project: Project, mona: User
) -> None:
    imported = sent(project, mona, "Egg?")
    job = services.claim(job_id=job_of(imported).pk, worker="celery@here")
    handler = handlers.get(import_jobs.IMPORT)
    handler.run(job)  # type: ignore[union-attr]
    before = now(imported).outcome

    assert (now(imported).state, handler.run(job)) == ("succeeded", {})  # type: ignore[union-attr]
    assert now(imported).outcome == before


def test_what_was_previewed_and_not_imported_goes_after_a_day(project: Project, mona: User) -> None:
    sent(project, mona, "Egg?")
    kept = {"project": project, "uploaded_by": mona, "size": 2}
    for name in ("old", "new"):
        PromptUpload.objects.create(name=name, **kept)
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    PromptUpload.objects.exclude(name="new").update(created_at=long_ago)

    assert import_jobs.sweep() == 1
    assert set(PromptUpload.objects.values_list("name", flat=True)) == {"eggs.jsonl", "new"}


def test_a_retry_without_its_file_says_so(project: Project, mona: User) -> None:
    imported = sent(project, mona, "")
    job = do(job_of(imported))
    services.retry(job=job, by=mona)

    assert do(job).error == "The file is not kept any more. Send it again."


def test_who_may_follow_it_are_those_who_see_imports(project: Project, mona: User) -> None:
    job = job_of(sent(project, mona, "Egg?"))
    handler = handlers.of(job)
    people = {
        "manager": mona,
        "reviewer": make_member(project, "Rita", Role.REVIEWER),
        "annotator": make_member(project, "Ada", Role.ANNOTATOR),
        "stranger": make_user("Sam"),
        "admin": make_user("Root", is_superuser=True),
    }

    assert {name: handler.may_see(job, person) for name, person in people.items()} == {
        "manager": True,
        "reviewer": True,
        "annotator": False,
        "stranger": False,
        "admin": True,
    }
