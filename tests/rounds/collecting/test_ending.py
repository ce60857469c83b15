"""A round ended before its time: its collecting alone, or all of it."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next
from labeling.models import Project
from labeling.submitting import submit
from registry.models import ModelVersion
from rounds.collecting.ending import Cost, cancel_round, cost, end_collecting
from rounds.collecting.opening import ask_more, open_round
from rounds.collecting.pending import open_ready_tasks
from rounds.launching.launching import launch, retry
from rounds.loop import loop_of
from rounds.models import Round
from tests.factories import make_completion
from tests.rounds.world import make_run, make_world

PLAN = {"tasks": {"demonstration": 3, "ranking": 2}}


@pytest.fixture
def opened(project: Project, mona: User, base: ModelVersion, ada: User) -> Round:
    """A round with three open demonstrations, one answered; rankings wait for completions."""
    round_ = open_round(project=project, by=mona, plan=PLAN)
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    submit(assignment=hers, body={"text": "Six."}, client_key=hers.client_key, active_seconds=1)
    claim_next(project=project, annotator=ada)
    return round_


def tasks(round_: Round) -> list[str]:
    """The states of its tasks, sorted."""
    return sorted(round_.project.tasks.values_list("state", flat=True))


def test_what_would_be_lost_is_counted(opened: Round) -> None:
    assert cost(opened) == Cost(open=2, begun=1, waiting=2, writing=1, training=0, answers=1)


def test_collecting_ends_and_training_goes_on(opened: Round, mona: User, ada: User) -> None:
    held = ada.assignments.get(state="active")

    end_collecting(round_=opened, by=mona)

    opened.refresh_from_db()
    assert (opened.state, opened.pending, tasks(opened)) == (
        "collecting",
        {},
        ["done", "withdrawn", "withdrawn"],
    )
    assert opened.runs.get().job.state == "cancelled"
    loop = loop_of(opened)
    assert (loop.collect.state, loop.action.label) == ("done", "Launch training")
    late = submit(assignment=held, body={"text": "9"}, client_key=held.client_key, active_seconds=1)
    assert late.standing == "counts"
    entry = AuditEntry.objects.get(action="round.collected")
    assert entry.details == {"withdrawn": 2, "waiting": 2}
    assert ask_more(round_=opened, by=mona, plan={"tasks": {"demonstration": 1}})


def test_completions_that_come_late_open_nothing(opened: Round, mona: User) -> None:
    prompts = [int(pk) for pk in opened.pending["ranking"]]
    end_collecting(round_=opened, by=mona)
    for prompt in opened.project.prompts.filter(pk__in=prompts):
        for _ in range(4):
            make_completion(prompt, round_number=1)

    assert open_ready_tasks(round_=opened) == 0
    with pytest.raises(ConflictError, match="ask for more"):
        retry(run=opened.runs.get(), by=mona)


def test_a_cancelled_round_ends_without_a_model(opened: Round, mona: User) -> None:
    make_run(opened, "sft", state="queued")

    with pytest.raises(BadInputError, match="Type 1,"):
        cancel_round(round_=opened, by=mona, typed="2")
    cancel_round(round_=opened, by=mona, typed=" 1 ")

    opened.refresh_from_db()
    assert (opened.state, opened.is_over, tasks(opened)) == (
        "cancelled",
        True,
        ["done", "withdrawn", "withdrawn"],
    )
    assert opened.closed_at is not None
    assert {run.job.state for run in opened.runs.select_related("job")} == {"cancelled"}
    assert opened.project.annotations.counted().count() == 1
    loop = loop_of(opened)
    assert (loop.collect.state, loop.action.label) == ("cancelled", "Open round 2")
    assert AuditEntry.objects.filter(action="round.cancelled").count() == 1
    assert open_round(project=opened.project, by=mona, plan=PLAN).number == 2
    opened.refresh_from_db()
    assert opened.state == "cancelled"


def test_nothing_goes_on_in_a_cancelled_round(opened: Round, mona: User) -> None:
    run = make_run(opened, "sft", state="failed")
    cancel_round(round_=opened, by=mona, typed="1")

    for act in (
        lambda: ask_more(round_=opened, by=mona, plan=PLAN),
        lambda: launch(round_=opened, stages=["sft"], recipes={}, by=mona),
        lambda: retry(run=run, by=mona),
        lambda: end_collecting(round_=opened, by=mona),
        lambda: cancel_round(round_=opened, by=mona, typed="1"),
    ):
        with pytest.raises(ConflictError):
            act()


def test_an_evaluated_round_is_not_cancelled(db: None) -> None:
    world = make_world()

    with pytest.raises(ConflictError, match="evaluated already"):
        cancel_round(round_=world.round, by=world.mona, typed="1")
