"""A share of a round is asked where two reward models differ most; the rest is drawn as ever."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from jobs.models import Job
from labeling.models import Completion, Project, Prompt, Split, Task
from labeling.withdrawing import withdraw_prompt
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.collecting.asking import asked
from rounds.collecting.ending import cost, end_collecting
from rounds.collecting.opening import ask_more, open_round
from rounds.collecting.pending import waits_for
from rounds.left_out import left_out
from rounds.loop import loop_of
from rounds.models import Round, Run
from tests.factories import make_annotation, make_prompt, make_task
from tests.rounds.worker import finish, rows_of, start, write_model

PLAN: dict[str, Any] = {"tasks": {"ranking": 10}, "first_batch": 0}
CHOICE = {**PLAN, "chosen_percent": 30}


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def judges(first_round: Round, tmp_path: Path) -> list[ModelVersion]:
    """The project's two reward models, after a first round."""
    project = first_round.project
    for number in range(20):
        make_prompt(project, f"Another question {number}?")
    Round.objects.update(state=Round.State.EVALUATED)
    return [
        register_folder(
            folder=write_model(tmp_path / kind, mark=kind), kind=kind, family=project.family
        )
        for kind in ("reward", "second")
    ]


def written(run: Run) -> list[dict[str, Any]]:
    """What the trainer writes for a generate run."""
    return [
        {
            "prompt_id": pk,
            "position": place,
            "text": f"text {place}",
            "tokens": 4,
            "finish_reason": "stop",
        }
        for pk, n in run.job.payload["prompts"]
        for place in range(n)
    ]


def write(round_: Round) -> Run:
    """Let the models write all that the round waits for; the run that chooses, now queued."""
    for run in round_.runs.filter(stage="generate").order_by("pk"):
        finish(run, completions=written(run))
    return round_.runs.get(stage="choose")


def scores(run: Run, differ: list[int]) -> list[dict[str, Any]]:
    """The second model turns the order of `differ` round, and agrees a little on all others."""
    own = [3.0, 1.0, 0.0, -2.0]
    return [
        {
            "prompt_id": pk,
            "rewards": own,
            "second_rewards": own[::-1] if pk in differ else [value / 2 for value in own],
        }
        for pk, _n in run.job.payload["prompts"]
    ]


def prompts_of(tasks: Any) -> list[int]:
    return sorted(tasks.values_list("prompt", flat=True))


def test_without_a_share_all_is_as_it_was(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan={**PLAN, "chosen_percent": 0})

    assert [run.stage for run in opened.runs.all()] == ["generate"]
    assert (len(opened.pending["ranking"]), opened.candidates) == (10, {})


def test_the_drawn_part_is_the_same_whatever_is_chosen(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    """The prompts, the completions' seeds, and the proportion of what is held out."""
    alone = open_round(project=project, by=mona, plan={**PLAN, "tasks": {"ranking": 7}})
    drawn = alone.runs.get(stage="generate")
    pending, payload, recipe = alone.pending, drawn.job.payload, drawn.recipe
    alone.delete()

    opened = open_round(project=project, by=mona, plan=CHOICE)

    first = opened.runs.order_by("pk")[0]
    assert (opened.pending, first.job.payload, first.recipe) == (pending, payload, recipe)
    held = project.prompts.filter(pk__in=map(int, pending["ranking"]), split=Split.HELDOUT)
    assert held.count() == 1  # of 7 tasks; 4 of 32 prompts are held out


def test_what_was_chosen_changes_no_later_draw(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    """Prompts that were only chosen count as never used."""
    train = project.prompts.filter(split=Split.TRAIN).order_by("sha256")
    for prompt in train[:12]:
        make_task(project, "ranking", prompt=prompt, is_chosen=True)

    opened = open_round(project=project, by=mona, plan={"tasks": {"ranking": 8}, "first_batch": 0})

    drawn = {int(pk) for pk in opened.pending["ranking"]}
    assert drawn & {prompt.pk for prompt in train} == {prompt.pk for prompt in train[:7]}


def test_candidates_are_training_prompts_that_nobody_is_asked_about(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)

    candidates = {int(pk) for pk in opened.candidates["ranking"]}
    assert len(candidates) == 12  # four for each of three
    assert not candidates & {int(pk) for pk in opened.pending["ranking"]}
    splits = Prompt.objects.filter(pk__in=candidates).values_list("split", flat=True)
    assert set(splits) == {Split.TRAIN}
    drawn, among, chooses = opened.runs.order_by("pk")
    assert [run.stage for run in (drawn, among, chooses)] == ["generate", "generate", "choose"]
    assert {pk for pk, _n in among.job.payload["prompts"]} == candidates
    assert (chooses.job.after, chooses.job.state) == (among.job, Job.State.WAITING)
    assert (chooses.reward_model, chooses.second_reward_model) == tuple(judges)
    assert asked(opened)["ranking"] == 10


def test_the_prompts_on_which_the_models_differ_are_asked(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)
    run = write(opened)
    among = [pk for pk, _n in run.job.payload["prompts"]]
    differ = [among[2], among[5], among[11]]

    job = finish(run, result={"candidates": 12}, scores=scores(run, differ))

    chosen = Task.objects.filter(is_chosen=True)
    assert prompts_of(chosen) == sorted(differ)
    assert Task.objects.filter(is_chosen=False).count() == 7
    assert {task.completions.count() for task in chosen} == {4}
    opened.refresh_from_db()
    assert (opened.pending, opened.candidates) == ({"ranking": {}}, {"ranking": {}})
    assert Completion.objects.filter(round_number=2, tasks=None).count() == 9 * 4
    assert (job.result["candidates"], job.result["asked"]) == (12, 3)
    assert job.result["differ_asked"] > 10 * job.result["differ_others"] > 0
    assert [task.prompt_id for task in chosen.order_by("pk")] == differ
    assert (asked(opened)["ranking"], left_out(opened)) == (10, [])


def test_both_models_read_the_same_texts(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    run = write(open_round(project=project, by=mona, plan=CHOICE))

    _job, folder, spec = start(run)

    rows = rows_of(folder, "candidates")
    assert [row["prompt_id"] for row in rows] == [pk for pk, _n in run.job.payload["prompts"]]
    assert rows[0]["completions"] == ["text 0", "text 1", "text 2", "text 3"]
    assert rows[0]["finished"] == [True] * 4
    paths = [getattr(spec, name) for name in ("reward_model", "second_reward_model")]
    ends = [path.endswith(judge.uri) for path, judge in zip(paths, judges, strict=True)]
    assert ends == [True, True]


def test_what_says_nothing_or_was_withdrawn_is_not_chosen(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)
    run = write(opened)
    among = [pk for pk, _n in run.job.payload["prompts"]]
    Completion.objects.filter(prompt=among[0]).update(text="same")
    withdraw_prompt(prompt=Prompt.objects.get(pk=among[1]), by=mona)

    finish(run, scores=scores(run, among[:3]))

    found = prompts_of(Task.objects.filter(is_chosen=True))
    assert len(found) == 3
    assert among[2] in found
    assert not {among[0], among[1]} & set(found)


def test_a_prompt_for_which_nothing_can_be_written_is_no_candidate(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)
    drawn, among, _chooses = opened.runs.order_by("pk")
    finish(drawn, completions=written(drawn))
    lost = among.job.payload["prompts"][0][0]

    finish(among, completions=[row for row in written(among) if row["prompt_id"] != lost])

    opened.refresh_from_db()
    assert len(opened.candidates["ranking"]) == 11
    assert str(lost) not in opened.candidates["ranking"]


def test_kinds_that_show_one_text_or_none_are_drawn(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    tasks = {"demonstration": 4, "correction": 4, "comparison": 4}
    opened = open_round(project=project, by=mona, plan={"tasks": tasks, "chosen_percent": 50})

    assert {kind: len(waiting) for kind, waiting in opened.candidates.items()} == {"comparison": 8}
    assert asked(opened) == {**dict.fromkeys(asked(opened), 0), **tasks}


def test_it_takes_two_reward_models(project: Project, mona: User, first_round: Round) -> None:
    with pytest.raises(BadInputError) as caught:
        ask_more(round_=first_round, by=mona, plan=CHOICE)

    assert list(caught.value.errors) == ["chosen_percent"]
    assert (Job.objects.count(), Task.objects.count()) == (0, 0)


@pytest.mark.parametrize("percent", [-1, 101, 12.5, True])
def test_a_share_that_is_none_is_refused(
    project: Project, mona: User, judges: list[ModelVersion], percent: float
) -> None:
    with pytest.raises(BadInputError) as caught:
        open_round(project=project, by=mona, plan={**PLAN, "chosen_percent": percent})

    assert list(caught.value.errors) == ["chosen_percent"]


def test_candidates_are_waited_for_and_forgotten_when_collecting_ends(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)
    candidate = Prompt.objects.get(pk=next(iter(opened.candidates["ranking"])))

    assert (cost(opened).waiting, cost(opened).writing) == (7 + 12, 3)
    assert waits_for(candidate.project_id, [candidate.pk])
    assert loop_of(opened).is_live
    end_collecting(round_=opened, by=mona)

    opened.refresh_from_db()
    assert (opened.awaited, waits_for(candidate.project_id, [candidate.pk])) == (set(), False)
    assert not opened.runs.active().exists()


def test_more_can_be_asked_while_a_choice_is_under_way(
    project: Project, mona: User, judges: list[ModelVersion]
) -> None:
    opened = open_round(project=project, by=mona, plan=CHOICE)
    among = set(opened.candidates["ranking"])

    found = ask_more(round_=opened, by=mona, plan={**PLAN, "tasks": {"ranking": 32}})

    opened.refresh_from_db()
    assert found["ranking"] == 32 - 7 - 12
    assert not among & set(opened.pending["ranking"])
    assert make_annotation(make_task(project, "ranking")).task.is_chosen is False
