"""What a vote lacks is written by runs, and taken up where they end badly."""

import pytest

from core.errors import ConflictError
from jobs.models import Job
from labeling.models import Completion, Task
from notices.models import Notice
from registry.models import ModelVersion
from rounds.collecting.opening import open_round
from rounds.launching import launching
from rounds.models import Awaited, EvaluationSample, Run
from rounds.verdict import writing
from rounds.verdict.asking import close
from tests.rounds.verdict.lacking import WRITTEN, ask_all, drawn, fail, texts_for, texts_of
from tests.rounds.verdict.voting import vote_all
from tests.rounds.worker import finish
from tests.rounds.world import World


def test_what_is_there_is_asked_at_once_and_the_rest_when_it_is_written(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions, votes=2)

    assert ballot.questions.count() == 4
    assert texts_of(ballot) == {**WRITTEN, "missing": 8}
    run = ballot.runs.get()
    waiting = drawn(world)[4:]
    assert (run.source, run.round, run.snapshot) == (world.policy, world.round, None)
    assert run.job.payload == {"prompts": [[pk, 1] for pk in waiting]}
    as_evaluated = world.evaluation.run.recipe
    assert run.recipe == {
        "temperature": as_evaluated["temperature"],
        "top_p": 1.0,
        "max_new_tokens": as_evaluated["max_new_tokens"],
        "batch_size": 0,
        "seed": as_evaluated["seed"],
    }

    finish(run, completions=texts_for(run))

    assert texts_of(ballot) == WRITTEN
    tasks = Task.objects.filter(question__ballot=ballot)
    assert {(t.purpose, t.overlap, t.round_number) for t in tasks} == {("verdict", 2, 0)}
    assert sorted(t.prompt_id for t in tasks) == sorted(drawn(world))
    late = tasks.get(prompt=waiting[0])
    shown = {c.model_version: c.text for c in late.completions.all()}
    assert shown[world.policy] == f"policy v1 wrote {waiting[0]}"
    assert len(vote_all(world.project, world.ada, lambda one, other: 1)) == 12


def test_people_begin_with_the_first_batch_whose_prompts_were_drawn_first(
    world: World, versions: list[ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "FIRST", 1)
    ballot = ask_all(world, versions)
    runs = ballot.runs.order_by("pk")
    assert [[pk for pk, _n in run.job.payload["prompts"]] for run in runs] == [
        drawn(world)[4:5],
        drawn(world)[5:9],
        drawn(world)[9:],
    ]

    finish(runs[0], completions=texts_for(runs[0]))

    assert ballot.questions.count() == 5
    assert ballot.questions.filter(task__prompt=drawn(world)[4]).exists()


def test_three_versions_write_each_text_once(
    world: World, versions: list[ModelVersion], newer: ModelVersion
) -> None:
    ballot = ask_all(world, [*versions, newer])

    asked = [
        (run.source_id, pk) for run in ballot.runs.all() for pk, _n in run.job.payload["prompts"]
    ]
    assert len(asked) == len(set(asked)) == 8 + 12


def test_a_failed_run_leaves_a_ballot_that_goes_on_without_doubles(
    world: World, newer: ModelVersion
) -> None:
    ballot = ask_all(world, [world.policy, newer])
    ours, theirs = ballot.runs.order_by("source")
    finish(ours, completions=texts_for(ours))

    fail(theirs)

    assert texts_of(ballot) == {**WRITTEN, "missing": 12, "lost": True}
    assert writing.go_on(ballot=ballot, by=world.mona) == 1
    assert texts_of(ballot)["lost"] is False
    with pytest.raises(ConflictError, match="being written already"):
        writing.go_on(ballot=ballot, by=world.mona)
    finish(theirs, completions=texts_for(theirs))

    assert ballot.runs.count() == 2
    assert ballot.questions.count() == 12
    assert EvaluationSample.objects.filter(run__ballot=ballot).count() == 8 + 12
    assert Completion.objects.filter(round_number=0).count() == 24
    with pytest.raises(ConflictError, match="Nothing waits"):
        writing.go_on(ballot=ballot, by=world.mona)


def test_a_cancelled_run_is_taken_up_from_its_page(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)
    run = ballot.runs.get()
    launching.cancel(run=run, by=world.mona)
    assert texts_of(ballot)["lost"] is True

    launching.retry(run=run, by=world.mona)
    assert Job.objects.get(pk=run.job_id).state == "queued"

    launching.cancel(run=run, by=world.mona)
    close(ballot=ballot, by=world.mona)
    with pytest.raises(ConflictError, match="ask people anew"):
        launching.retry(run=Run.objects.get(pk=run.pk), by=world.mona)


def test_closing_stops_the_runs_and_frees_the_prompts(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)

    close(ballot=ballot, by=world.mona)

    assert ballot.runs.get().job.state == "cancelled"
    assert not Awaited.objects.exists()
    assert ask_all(world, versions).awaited.count() == 8


def test_a_round_neither_waits_for_a_vote_nor_ends_it(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask_all(world, versions)
    assert not world.round.runs.writing().filter(ballot=ballot).exists()

    opened = open_round(project=world.project, by=world.mona, plan={"tasks": {"ranking": 1}})

    assert opened.number == 2
    assert ballot.runs.get().job.state == "queued"


def test_who_asked_is_told_when_all_is_written(
    world: World, versions: list[ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "FIRST", 4)
    ballot = ask_all(world, versions)
    first, second = ballot.runs.order_by("pk")
    told = Notice.objects.filter(user=world.mona, event="run_ended")

    finish(first, completions=texts_for(first))
    assert not told.exists()
    finish(second, completions=texts_for(second))

    assert told.count() == 1
