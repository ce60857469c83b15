"""What happens is noted with what it tells: as often as it happened, and never what was undone."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.announcing import announce
from jobs import handlers
from jobs.models import Job
from labeling.assigning import claim_next
from labeling.submitting import submit
from rounds.evaluation.promoting import promote
from rounds.models import Round
from tests.factories import make_annotation, make_member, make_project, make_task, make_version
from tests.rounds.world import make_run, make_world
from webhooks import endpoints
from webhooks.models import Delivery, Event, EventType
from webhooks.watching import note_complete_rounds

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/"


def hear(project, mona, *events):
    made, _secret = endpoints.add(
        project=project, url=URL, events=events or EventType.values, by=mona
    )
    return made


def give(project, annotator):
    """The next task, answered."""
    held = claim_next(project=project, annotator=annotator)
    body = {"text": "Six minutes."}
    return submit(assignment=held, body=body, client_key=held.client_key, active_seconds=9)


def noted(project):
    """What was noted: types, and data without the project."""
    found = []
    for event in Event.objects.filter(project=project).order_by("pk"):
        body = json.loads(event.body)
        assert body["type"] == event.type
        assert body["data"].pop("project") == project.slug
        found.append((event.type, body["data"]))
    return found


def test_each_endpoint_that_hears_of_it_gets_it_once(project, mona):
    first, second = hear(project, mona), hear(project, mona, "run.ended", "annotation.submitted")
    hear(project, mona, "model.promoted")
    off = hear(project, mona)
    endpoints.change(endpoint=off, url=URL, events=["run.ended"], is_on=False, by=mona)
    elsewhere = make_project()
    hear(elsewhere, mona)

    announce("run.ended", project=project.pk, data={"project": "kitchen", "run": 1})

    assert noted(project) == [("run.ended", {"run": 1})]
    assert noted(elsewhere) == []
    sent = Delivery.objects.order_by("endpoint")
    assert [row.endpoint for row in sent] == [first, second]
    assert {(row.state, row.tries) for row in sent} == {("waiting", 0)}


def test_what_is_rolled_back_is_not_told(project, mona):
    hear(project, mona)

    with transaction.atomic():
        announce("run.ended", project=project.pk, data={"project": "kitchen"})
        transaction.set_rollback(True)

    assert noted(project) == []


def test_an_answer_costs_one_statement_more_and_no_row_where_nobody_hears(project):
    with CaptureQueriesContext(connection) as asked:
        announce("annotation.submitted", project=project.pk, data={"project": "kitchen"})

    assert len(asked) == 1
    assert not Event.objects.exists()


def test_an_answer_is_told_without_its_words(project, mona):
    hear(project, mona)
    task = make_task(project)

    answer = give(project, make_member(project, "Ada"))

    about = {"annotation": answer.pk, "task": task.pk, "prompt": task.prompt_id}
    more = {"kind": "demonstration", "round": 1, "purpose": "label"}
    assert noted(project) == [("annotation.submitted", about | more)]


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_a_run_that_ends_is_told_whatever_became_of_it(state):
    world = make_world()
    hear(world.project, world.mona)
    run = make_run(world.round, "sft", state=state)

    handlers.of(Job.objects.get(pk=run.job_id)).ended(run.job)

    about = {"run": run.pk, "round": 1, "stage": "sft", "state": state}
    assert noted(world.project) == [("run.ended", about)]


def test_a_promotion_is_told_and_promoting_again_is_not():
    world = make_world()
    hear(world.project, world.mona)
    newer = make_version("policy", family=world.project.family, name="policy v2")

    for _ in range(2):
        promote(project=world.project, version=newer, by=world.mona, reason="Shorter.")

    about = {"model": newer.pk, "name": "policy v2", "instead_of": world.policy.pk}
    assert noted(world.project) == [("model.promoted", about)]


def test_a_round_is_complete_with_its_last_answer_and_again_when_more_came(project, mona):
    hear(project, mona, EventType.ROUND_COMPLETE)
    round_ = Round.objects.create(project=project, number=1, writer=make_version())
    for _ in range(2):
        make_task(project)

    def pass_by():
        note_complete_rounds()
        note_complete_rounds()
        return len(noted(project))

    seen = [pass_by()]
    give(project, make_member(project, "Ada"))
    seen.append(pass_by())
    give(project, make_member(project, "Bob"))
    round_.pending = {"ranking": {"1": 4}}  # completions are being written
    round_.save()
    seen.append(pass_by())
    Round.objects.update(pending={})
    seen.append(pass_by())
    make_task(project)
    seen.append(pass_by())
    give(project, make_member(project, "Eve"))
    seen.append(pass_by())

    assert seen == [0, 0, 0, 1, 1, 2]
    assert noted(project)[0] == ("round.complete", {"round": 1})


def test_a_round_that_is_over_or_empty_is_not_told(project, mona):
    hear(project, mona, EventType.ROUND_COMPLETE)
    base = make_version()
    Round.objects.create(project=project, number=1, writer=base, state="closed")
    make_annotation(make_task(project))
    Round.objects.create(project=project, number=2, writer=base)

    note_complete_rounds()

    assert noted(project) == []
