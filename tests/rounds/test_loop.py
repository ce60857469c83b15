import pytest

from accounts.models import User
from labeling.models import Project
from labeling.tasks import withdraw
from registry.models import ModelVersion
from rounds.collecting.opening import open_round
from rounds.collecting.progress import labels_by_kind
from rounds.loop import loop_of
from rounds.models import Round
from tests.factories import make_annotation, make_task, make_user
from tests.rounds.world import make_run, make_world


def states(round_: Round) -> list[str]:
    """The states of the boxes, in order."""
    return [box.state for box in loop_of(round_).boxes]


def test_a_new_round_waits_for_its_completions(
    project: Project, mona: User, base: ModelVersion
) -> None:
    round_ = open_round(project=project, by=mona, plan={"tasks": {"ranking": 2}})

    loop = loop_of(round_)

    assert loop.is_live
    assert loop.action.url == f"/runs/{round_.runs.get().pk}/"
    assert states(round_) == ["active", "todo", "todo", "todo", "todo", "todo"]


def test_completions_that_could_not_be_written_are_a_failure(
    project: Project, mona: User, base: ModelVersion
) -> None:
    round_ = open_round(project=project, by=mona, plan={"tasks": {"ranking": 2}})
    job = round_.runs.get().job
    job.state = "failed"
    job.save()

    loop = loop_of(round_)

    assert (loop.collect.state, loop.is_live) == ("failed", False)
    assert loop.action.label == "See what went wrong"


def test_training_again_and_going_on_stay_within_reach(db: None) -> None:
    world = make_world()
    launch, rounds = "/projects/kitchen/rounds/1/launch/", "/projects/kitchen/rounds/"
    assert [a.url for a in loop_of(world.round).others] == [launch]  # going on is the action

    make_run(world.round, "ppo", state="failed")  # launched again, in vain
    Round.objects.update(state=Round.State.TRAINING)
    world.round.refresh_from_db()

    loop = loop_of(world.round)
    assert loop.action.label == "See what went wrong"
    assert [a.url for a in loop.others] == [launch, rounds]
    plan = {"tasks": {"demonstration": 1}}
    assert open_round(project=world.project, by=world.mona, plan=plan).number == 2


def test_nothing_else_is_offered_while_a_stage_runs(db: None) -> None:
    world = make_world()
    make_run(world.round, "ppo", state="queued")

    assert loop_of(world.round).others == []


def test_the_reward_models_accuracy_is_what_its_trainer_wrote(first_round: Round) -> None:
    run = make_run(first_round, "reward")
    run.job.result = {"rankings": 3, "heldout": {"accuracy": 0.718, "pairs": 32}}
    run.job.save()

    assert loop_of(first_round).stages[1].detail == "72% right on 32 held-out pairs"


def test_labels_are_counted_against_what_was_asked(first_round: Round) -> None:
    make_task(first_round.project)
    make_annotation(make_task(first_round.project))
    make_annotation(make_task(first_round.project, "ranking"), standing="surplus")

    box = loop_of(first_round).collect

    assert (box.done, box.total, box.state) == (1, 3, "active")
    assert loop_of(first_round).action.text == "2 labels are still open."


def test_a_withdrawn_task_counts_neither_as_wanted_nor_as_given(first_round: Round) -> None:
    withdrawn = make_task(first_round.project, overlap=2)
    make_annotation(withdrawn)
    make_annotation(make_task(first_round.project, overlap=2))
    withdraw(task=withdrawn, by=make_user("Mona"))

    box = loop_of(first_round).collect

    assert (box.done, box.total, box.state) == (1, 2, "active")
    assert labels_by_kind(first_round)["demonstration"] == {"wanted": 2, "given": 1, "waiting": 0}


@pytest.mark.parametrize(
    ("job", "box"),
    [
        ("waiting", "waiting"),
        ("running", "active"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ],
)
def test_a_box_shows_the_state_of_its_newest_run(first_round: Round, job: str, box: str) -> None:
    make_task(first_round.project)
    make_run(first_round, "sft")
    state = {"state": "queued"} if job == "running" else {"state": job}
    run = make_run(first_round, "sft", **state)
    if job == "running":
        from datetime import UTC, datetime

        type(run.job).objects.filter(pk=run.job_id).update(
            state="running", lease_until=datetime.now(UTC)
        )

    loop = loop_of(first_round)

    assert loop.stages[0].state == box
    assert loop.action.url == f"/runs/{run.pk}/"


def test_ones_own_cancel_is_not_told_as_a_failure(db: None) -> None:
    world = make_world()
    stopped = make_run(world.round, "ppo", state="cancelled")
    writer = make_run(world.round, "generate", state="cancelled")
    type(world.round).objects.update(state=Round.State.COLLECTING, pending={"ranking": {"1": 4}})
    world.round.refresh_from_db()

    loop = loop_of(world.round)

    assert [box.state for box in loop.boxes if box.url.endswith(f"/{stopped.pk}/")] == ["cancelled"]
    assert (loop.collect.state, loop.collect.url) == ("cancelled", f"/runs/{writer.pk}/")
    assert loop.action.label == "See the cancelled run"


def test_after_the_promotion_the_next_round_opens(db: None) -> None:
    world = make_world()

    assert loop_of(world.round).action.label == "Open round 2"
    world.project.family.aliases.all().delete()
    assert loop_of(world.round).action.label == "Compare and promote"
