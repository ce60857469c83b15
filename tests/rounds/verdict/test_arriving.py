"""People are asked about a prompt when both its texts are there, and cannot tell whose they are."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.errors import NotEnoughDataError
from labeling.models import Completion
from labeling.withdrawing import restore_prompt, withdraw_prompt
from registry.models import ModelVersion
from rounds.models import Ballot, EvaluationSample
from rounds.verdict import writing
from rounds.verdict.arriving import take_over
from tests.rounds.verdict.lacking import WRITTEN, ask_all, texts_for, texts_of
from tests.rounds.worker import finish, start
from tests.rounds.world import World
from training.generate.spec import GenerateSpec

WAITS = """SELECT EXISTS (
  SELECT FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))
)"""


def test_nothing_of_a_prompt_is_shown_before_both_sides_are_there(
    world: World, newer: ModelVersion
) -> None:
    ballot = ask_all(world, [world.policy, newer])
    ours, theirs = ballot.runs.order_by("source")
    assert (len(ours.job.payload["prompts"]), len(theirs.job.payload["prompts"])) == (8, 12)

    finish(ours, completions=texts_for(ours))
    assert not Completion.objects.filter(round_number=0).exists()
    assert not ballot.questions.exists()
    finish(theirs, completions=texts_for(theirs))

    assert ballot.questions.count() == 12
    for question in ballot.questions.all():
        one, other = question.task.completions.all()
        assert one.sampling == other.sampling
        assert {one.model_version, other.model_version} == {world.policy, newer}


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_that_end_at_once_the_later_one_asks(world: World, newer: ModelVersion) -> None:
    ballot = ask_all(world, [world.policy, newer])
    ours, theirs = ballot.runs.order_by("source")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()

    def arrive() -> None:
        with transaction.atomic():
            take_over(theirs, texts_for(theirs))
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            take_over(ours, texts_for(ours))
            later = pool.submit(arrive)
            with connection.cursor() as cursor:
                blocked = False
                while not blocked and not later.done():
                    cursor.execute(WAITS, [own])
                    (blocked,) = cursor.fetchone()
        later.result()

    assert ballot.questions.count() == 12


def test_neither_order_nor_keys_nor_times_tell_the_sides_apart(
    world: World, versions: list[ModelVersion], newer: ModelVersion
) -> None:
    ballot = ask_all(world, [*versions, newer])
    for run in ballot.runs.order_by("pk"):
        finish(run, completions=texts_for(run))

    assert ballot.questions.count() == 36
    for pair in {(q.older_id, q.newer_id) for q in ballot.questions.all()}:
        for order in ("pk", "created_at"):
            firsts = {
                question.task.completions.order_by(order)[0].model_version_id
                for question in ballot.questions.filter(older=pair[0], newer=pair[1])
            }
            assert firsts == set(pair)  # by chance, once in 2**11, all alike
    shown = Completion.objects.filter(tasks__question__ballot=ballot)
    assert len({(c.seed, c.round_number, *sorted(c.sampling.items())) for c in shown}) == 1


def test_what_cannot_be_asked_is_left_out_and_not_drawn_again(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)
    run = ballot.runs.get()
    too_long, same = [pk for pk, _n in run.job.payload["prompts"]][:2]
    rows = texts_for(run, without=too_long)
    rows[0]["text"] = EvaluationSample.objects.get(prompt=same, model_version=versions[0]).text

    finish(run, completions=rows)

    assert ballot.questions.count() == 10
    assert texts_of(ballot) == {**WRITTEN, "alike": 1, "unfit": 1}
    with pytest.raises(NotEnoughDataError, match="import more"):
        ask_all(world, versions)


def test_a_run_that_ends_after_the_closing_asks_nothing(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)
    run = ballot.runs.get()
    Ballot.objects.update(closed_at=ballot.asked_at)

    finish(run, completions=texts_for(run))

    assert ballot.questions.count() == 4
    assert run.texts.count() == 8  # for the next one


def test_a_prompt_that_was_withdrawn_meanwhile_is_asked_about_once_it_is_used_again(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)
    run = ballot.runs.get()
    prompt = world.project.prompts.get(pk=run.job.payload["prompts"][0][0])
    withdraw_prompt(prompt=prompt, by=world.mona)
    finish(run, completions=texts_for(run))
    assert (ballot.questions.count(), texts_of(ballot)["missing"]) == (11, 0)

    restore_prompt(prompt=prompt, by=world.mona)

    assert texts_of(ballot)["lost"] is True
    writing.go_on(ballot=ballot, by=world.mona)
    assert ballot.questions.count() == 12


def test_texts_are_written_in_the_precision_of_evaluations(
    world: World, versions: list[ModelVersion]
) -> None:
    run = ask_all(world, versions).runs.get()

    _job, _folder, spec = start(run)

    assert isinstance(spec, GenerateSpec)
    assert (spec.exact, spec.temperature) == (True, run.recipe["temperature"])
