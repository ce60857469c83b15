"""Managers are told of a run when it fails, or when it was the last one."""

import pytest

from jobs import services as jobs
from labeling.models import Membership
from notices.models import Notice
from rounds.models import Run
from tests.factories import make_user
from tests.rounds.world import World, make_run, make_world

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    """Who, with which link, in which words."""
    rows = Notice.objects.filter(event="run_ended").order_by("user__name")
    return [(notice.user.name, notice.link, notice.text) for notice in rows]


@pytest.fixture
def world() -> World:
    return make_world()


def waiting(world: World, stage: str) -> Run:
    return make_run(world.round, stage, state="queued", launched_by=make_user("Lea"))


def end(run: Run, *, well: bool) -> None:
    job = jobs.claim(job_id=run.job_id, worker="test")
    if well:
        jobs.succeed(job=job, result={})
    else:
        jobs.fail(job=job, code="diverged", message="NaN")


@pytest.mark.parametrize(("well", "words"), [(True, "has ended well"), (False, "has failed")])
def test_who_launched_it_and_the_managers_are_told(world: World, well: bool, words: str) -> None:
    run = waiting(world, "sft")
    end(run, well=well)
    sentence = f"The run “{run.stage.upper()}” of round 1 in “Kitchen” {words}."
    assert told() == [(name, f"/runs/{run.pk}/", sentence) for name in ("Lea", "Mona")]


def test_success_is_no_news_while_others_run_and_failure_is(world: World) -> None:
    first = waiting(world, "sft")
    make_run(world.round, "reward", state="queued")
    end(first, well=True)
    assert told() == []
    Membership.objects.filter(user=world.mona).update(role="annotator")
    end(make_run(world.round, "ppo", state="queued", launched_by=world.mona), well=False)
    assert [name for name, *_ in told()] == ["Mona"]


def test_what_falls_with_a_failed_stage_is_not_told_apart(world: World) -> None:
    first, second = waiting(world, "sft"), make_run(world.round, "reward", state="waiting")
    second.job.after = first.job
    second.job.save()
    end(first, well=False)
    second.job.refresh_from_db()
    assert second.job.state == "cancelled"
    assert len(told()) == 2
