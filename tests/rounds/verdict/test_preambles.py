"""Votes and the judge: texts that were written after the same, and what that was."""

import pytest

from labeling.models import Preamble, Task
from labeling.preambles import change
from registry.models import ModelVersion
from rounds.models import Run
from rounds.verdict import judging
from rounds.verdict.asking import ask
from rounds.verdict.judging import ask_some
from rounds.verdict.texts import usual_sampling
from tests.rounds.verdict.lacking import ask_all, drawn, texts_for
from tests.rounds.worker import finish, rows_of
from tests.rounds.world import World

SYSTEM = [{"role": "system", "content": "Say it in verse."}]


@pytest.fixture
def preamble(world: World) -> Preamble:
    """Of the world's round."""
    made = change(project=world.project, system="Say it in verse.", exemplars=[], by=world.mona)
    assert made is not None
    world.round.preamble = made
    world.round.save()
    return made


def test_what_a_vote_lacks_is_written_after_what_its_other_text_was(
    world: World, versions: list[ModelVersion], preamble: Preamble
) -> None:
    ballot = ask_all(world, versions)
    run = ballot.runs.get()
    job = finish(run, completions=texts_for(run))

    prompts = {prompt.pk: prompt.messages for prompt in world.project.prompts.all()}
    rows = rows_of(job.folder, "prompts")
    assert [row["messages"] for row in rows] == [
        [*SYSTEM, *prompts[row["prompt_id"]]] for row in rows
    ]
    tasks = Task.objects.filter(question__ballot=ballot)
    assert tasks.count() == 12
    assert {task.preamble for task in tasks} == {preamble}
    assert [turn.text for turn in tasks[0].turns] == [
        "Say it in verse.",
        tasks[0].prompt.last_text,
    ]


def test_a_text_of_an_earlier_round_is_compared_with_one_written_alike(
    world: World, versions: list[ModelVersion]
) -> None:
    later = change(project=world.project, system="Say it in verse.", exemplars=[], by=world.mona)
    round_ = world.project.rounds.create(number=2, writer=world.policy, preamble=later)
    assert usual_sampling(world.project)[0].preamble == later.pk

    ballot = ask_all(world, versions)
    run = ballot.runs.get()

    # The base model wrote with nothing before the prompts, and so does the other one now.
    assert (run.round, run.recipe["preamble"]) == (round_, None)
    job = finish(run, completions=texts_for(run))
    rows = rows_of(job.folder, "prompts")
    prompts = {prompt.pk: prompt.messages for prompt in world.project.prompts.all()}
    assert [row["messages"] for row in rows] == [prompts[row["prompt_id"]] for row in rows]
    tasks = Task.objects.filter(question__ballot=ballot)
    assert (tasks.count(), {task.preamble for task in tasks}) == (12, {None})


def test_texts_after_other_preambles_are_not_compared(
    world: World, versions: list[ModelVersion], preamble: Preamble
) -> None:
    samples = world.evaluation.samples.filter(model_version=world.policy)
    run = world.runs["generate"]
    Run.objects.filter(pk=run.pk).update(recipe={**world.evaluation.run.recipe, "preamble": None})
    samples.update(evaluation=None, run=run)

    ballot = ask_all(world, versions)

    assert ballot.questions.count() == 0


def test_the_judge_reads_what_the_writers_were_given(
    world: World,
    versions: list[ModelVersion],
    preamble: Preamble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(judging, "judge", lambda: "wise-1")
    monkeypatch.setattr(judging, "_reply", lambda messages: asked.append(messages) or "TIE")
    ask(project=world.project, versions=versions, prompts=1, is_judged=True, by=world.mona)

    ask_some(world.project)

    prompt = world.project.prompts.get(pk=drawn(world)[0])
    before = f"[system]\nSay it in verse.\n\n[user]\n{prompt.last_text}\n\n=== Answer A ==="
    assert len(asked) == 2
    assert [messages[1]["content"].startswith(before) for messages in asked] == [True, True]
