from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError, NotEnoughDataError
from jobs.models import Job
from quality.models import Reliability
from rounds.launching.launching import cancel, launch, retry
from rounds.models import Round, Run, Snapshot
from rounds.snapshots import read
from tests.factories import make_annotation, make_task, make_version
from training.reward.spec import RewardSpec

CHAIN = ["sft", "reward", "ppo", "evaluate"]


@pytest.fixture
def labeled(first_round: Round) -> Round:
    """Enough labels for every stage."""
    for kind in ("demonstration", "demonstration", "ranking", "ranking", "correction"):
        make_annotation(make_task(first_round.project, kind))
    return first_round


def test_a_chain_waits_stage_by_stage_on_one_snapshot(labeled: Round, mona: User) -> None:
    runs = launch(round_=labeled, stages=["ppo", "sft", "reward", "evaluate"], recipes={}, by=mona)

    assert [(run.stage, run.job.state) for run in runs] == [
        ("sft", "queued"),
        ("reward", "waiting"),
        ("ppo", "waiting"),
        ("evaluate", "waiting"),
    ]
    assert [run.job.after for run in runs] == [None, runs[0].job, runs[1].job, runs[2].job]
    assert {run.snapshot for run in runs} == {Snapshot.objects.get()}
    assert [run.source for run in runs] == [labeled.writer, None, None, None]
    labeled.refresh_from_db()
    assert labeled.state == Round.State.TRAINING
    assert AuditEntry.objects.get(action="round.launched").details["stages"] == CHAIN


def test_settings_are_kept_whole_on_the_run(labeled: Round, mona: User) -> None:
    (run,) = launch(round_=labeled, stages=["sft"], recipes={"sft": {"epochs": 3}}, by=mona)

    assert (run.recipe["epochs"], run.recipe["batch_size"], run.recipe["seed"]) == (3, 3, 0)
    assert run.work > 0


def test_ppo_samples_as_in_the_completions_that_people_ranked(labeled: Round, mona: User) -> None:
    labeled.plan |= {"temperature": 0.7, "max_new_tokens": 32}
    labeled.save()

    *_, ppo, evaluate = launch(round_=labeled, stages=CHAIN, recipes={}, by=mona)

    for run in (ppo, evaluate):
        assert (run.recipe["temperature"], run.recipe["max_new_tokens"]) == (0.7, 32)


def test_bad_settings_of_all_stages_come_at_once(labeled: Round, mona: User) -> None:
    recipes = {"sft": {"epochs": 0}, "ppo": {"kl_coef": -1.0, "steps": 0}}

    with pytest.raises(BadInputError) as caught:
        launch(round_=labeled, stages=CHAIN, recipes=recipes, by=mona)

    assert list(caught.value.errors) == ["sft-epochs", "ppo-kl_coef", "ppo-steps"]
    assert Run.objects.count() == 0


@pytest.mark.parametrize("stages", [[], ["base_model"], ["sft", "generate"]])
def test_unknown_or_no_stages_are_refused(labeled: Round, mona: User, stages: list[str]) -> None:
    with pytest.raises(BadInputError):
        launch(round_=labeled, stages=stages, recipes={}, by=mona)


def test_nothing_is_frozen_when_something_is_missing(first_round: Round, mona: User) -> None:
    with pytest.raises(NotEnoughDataError):
        launch(round_=first_round, stages=CHAIN, recipes={}, by=mona)

    assert (Run.objects.count(), Snapshot.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_a_second_launch_waits_for_the_first(labeled: Round, mona: User) -> None:
    launch(round_=labeled, stages=["sft"], recipes={}, by=mona)

    with pytest.raises(ConflictError, match="already running"):
        launch(round_=labeled, stages=["sft"], recipes={}, by=mona)


def test_a_closed_round_trains_no_more(labeled: Round, mona: User) -> None:
    Round.objects.update(state=Round.State.CLOSED)

    with pytest.raises(ConflictError, match="closed"):
        launch(round_=labeled, stages=["sft"], recipes={}, by=mona)


def test_a_single_stage_takes_what_is_there(labeled: Round, mona: User) -> None:
    family = labeled.project.family
    sft, reward = make_version("sft", family=family), make_version("reward", family=family)

    (run,) = launch(round_=labeled, stages=["ppo"], recipes={}, by=mona)

    assert (run.source, run.reward_model) == (sft, reward)


def test_cancelling_ends_the_rest_of_the_chain_and_retrying_brings_it_back(
    labeled: Round, mona: User
) -> None:
    runs = launch(round_=labeled, stages=CHAIN, recipes={}, by=mona)

    cancel(run=runs[0], by=mona)
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}
    retry(run=runs[0], by=mona)

    states = [Job.objects.get(pk=run.job_id).state for run in runs]
    assert states == ["queued", "waiting", "waiting", "waiting"]


def test_labels_are_counted_once_a_launch(labeled: Round, mona: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        launch(round_=labeled, stages=CHAIN, recipes={}, by=mona)

    counting = [query["sql"] for query in asked if "jsonb_array_elements" in query["sql"]]
    assert len(counting) == len(set(counting)) > 0  # each kind that has pairs its own


def test_a_chain_that_weighs_freezes_the_weights_for_every_attempt(
    labeled: Round, mona: User
) -> None:
    label = labeled.project.annotations.filter(kind="ranking").earliest("pk")
    known = Reliability.objects.create(
        project=labeled.project,
        person=label.annotator,
        value=0.75,
        low=0.5,
        high=0.9,
        answers=9,
        pairs=9,
        computed_at=timezone.now(),
    )

    (run,) = launch(
        round_=labeled, stages=["reward"], recipes={"reward": {"weighing": True}}, by=mona
    )
    known.value = 0.1
    known.save()

    assert [row["weight"] for row in read(run.snapshot, "rankings")] == [0.5, 0.6, 0.6]
    assert "weighing" not in {field.name for field in fields(RewardSpec)}
    jobs = Job.objects.filter(pk=run.job_id)
    jobs.update(state="failed", finished_at=timezone.now())
    retry(run=run, by=mona)
    run.refresh_from_db()
    assert [row["weight"] for row in read(run.snapshot, "rankings")] == [0.5, 0.6, 0.6]


def test_labels_are_not_weighed_unless_somebody_asks(labeled: Round, mona: User) -> None:
    (run,) = launch(round_=labeled, stages=["reward"], recipes={}, by=mona)

    assert {row["weight"] for row in read(run.snapshot, "rankings")} == {None}
