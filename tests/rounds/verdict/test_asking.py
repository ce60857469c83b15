"""People are asked about versions on held-out prompts, and not told which is which."""

import pytest

from core.errors import BadInputError, ConflictError, NotEnoughDataError
from labeling.models import Annotation, Completion, Task
from registry.models import ModelVersion
from rounds.collecting.progress import labels_by_kind, labels_wanted
from rounds.models import Evaluation, EvaluationSample, Question, Verdict
from rounds.queries import label_counts
from rounds.snapshots import freeze
from rounds.verdict.asking import ask, close
from rounds.verdict.texts import evaluated
from tests.factories import make_version
from tests.rounds.verdict.voting import vote_all
from tests.rounds.world import World, make_run, make_world


@pytest.fixture
def world(db: None) -> World:
    """A base model and a policy that wrote for the same twelve held-out prompts."""
    return make_world()


@pytest.fixture
def versions(world: World) -> list[ModelVersion]:
    return evaluated(world.project)


def test_a_task_shows_what_both_wrote_for_a_heldout_prompt(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask(project=world.project, versions=versions, prompts=5, votes=2, by=world.mona)

    assert [version.name for version in versions] == ["base", "policy v1"]
    tasks = Task.objects.filter(question__ballot=ballot)
    assert {
        (t.kind, t.purpose, t.round_number, t.overlap, t.priority, t.prompt.split) for t in tasks
    } == {("comparison", "verdict", 0, 2, 1, "heldout")}
    assert len({t.prompt_id for t in tasks}) == 5
    for question in Question.objects.all():
        assert (question.older, question.newer) == tuple(versions)
        texts = {c.model_version: c.text for c in question.task.completions.all()}
        samples = EvaluationSample.objects.filter(prompt=question.task.prompt)
        assert texts == {sample.model_version: sample.text for sample in samples}
    assert Verdict.objects.get().is_stale


def test_votes_are_in_no_round_and_train_nothing(
    world: World, versions: list[ModelVersion]
) -> None:
    def counts() -> tuple[object, ...]:
        snapshot = freeze(world.project).sha256
        found = labels_wanted(world.round), labels_by_kind(world.round)
        return snapshot, *found, label_counts(world.project)

    before = counts()
    ask(project=world.project, versions=versions, prompts=12, by=world.mona)
    world.project.tasks.exclude(purpose="verdict").update(state="withdrawn")

    given = vote_all(world.project, world.ada, lambda one, other: 2)

    assert (len(given), Annotation.objects.votes().count()) == (12, 12)
    assert counts()[0] == before[0]
    assert counts()[3] == before[3]
    assert Task.objects.filter(purpose="verdict", state="done").count() == 12


def test_nobody_is_asked_a_prompt_twice(world: World, versions: list[ModelVersion]) -> None:
    first = ask(project=world.project, versions=versions, prompts=10, by=world.mona)
    second = ask(project=world.project, versions=versions, prompts=10, by=world.mona)

    asked = Question.objects.values_list("ballot", "task__prompt")
    assert [sum(ballot == b.pk for ballot, _ in asked) for b in (first, second)] == [10, 2]
    assert len({prompt for _, prompt in asked}) == 12
    with pytest.raises(NotEnoughDataError, match="evaluate them on the same prompts"):
        ask(project=world.project, versions=versions, prompts=1, by=world.mona)


def test_same_texts_withdrawn_prompts_and_prompts_of_one_version_are_left_out(
    world: World, versions: list[ModelVersion]
) -> None:
    samples = EvaluationSample.objects.filter(model_version=versions[1]).order_by("pk")
    same, withdrawn, alone = samples[:3]
    twin = EvaluationSample.objects.get(prompt=same.prompt, model_version=versions[0])
    EvaluationSample.objects.filter(pk=same.pk).update(text=twin.text)
    withdrawn.prompt.withdrawn_at = world.round.opened_at
    withdrawn.prompt.save()
    EvaluationSample.objects.filter(prompt=alone.prompt, model_version=versions[0]).delete()

    ballot = ask(project=world.project, versions=versions, prompts=12, by=world.mona)

    asked = set(ballot.questions.values_list("task__prompt", flat=True))
    assert len(asked) == 9
    assert not asked & {s.prompt_id for s in (same, withdrawn, alone)}


def test_a_text_is_one_completion_in_tasks_that_open_together_and_keys_tell_nothing(
    world: World, versions: list[ModelVersion]
) -> None:
    third = make_version("policy", family=world.project.family, name="policy v2")
    EvaluationSample.objects.bulk_create(
        EvaluationSample(
            evaluation=world.evaluation, prompt=s.prompt, model_version=third, text="Other."
        )
        for s in EvaluationSample.objects.filter(model_version=versions[0])
    )

    ask(project=world.project, versions=[*versions, third], prompts=12, by=world.mona)

    assert Question.objects.count() == 36
    shown = Completion.objects.filter(round_number=0)
    assert shown.count() == 36
    firsts = [
        question.task.completion_ids[0]
        == question.task.completions.get(model_version=question.older).pk
        for question in Question.objects.all()
    ]
    assert 0 < sum(firsts) < len(firsts)  # by chance, once in 2**12 at the most, all alike
    kinds = Task.objects.filter(purpose="verdict").order_by("turn")[:3]
    assert {(q.question.older_id, q.question.newer_id) for q in kinds} == {
        (versions[0].pk, versions[1].pk),
        (versions[0].pk, third.pk),
        (versions[1].pk, third.pk),
    }


def test_a_text_that_was_asked_about_before_does_not_stand_out_by_its_age(
    world: World, versions: list[ModelVersion]
) -> None:
    third = make_version("policy", family=world.project.family, name="policy v2")
    ask(project=world.project, versions=versions, prompts=12, by=world.mona)
    EvaluationSample.objects.bulk_create(
        EvaluationSample(
            evaluation=world.evaluation, prompt=s.prompt, model_version=third, text="Other."
        )
        for s in EvaluationSample.objects.filter(model_version=versions[0])
    )

    later = ask(project=world.project, versions=[versions[1], third], prompts=12, by=world.mona)

    firsts = {
        question.task.completions.order_by("pk").values_list("model_version", flat=True)[0]
        for question in later.questions.all()
    }
    assert firsts == {versions[1].pk, third.pk}  # by chance, once in 2**11, all alike


def test_texts_that_were_sampled_otherwise_are_not_compared(
    world: World, versions: list[ModelVersion]
) -> None:
    recipe = world.evaluation.run.recipe | {"temperature": 2}
    warm = make_run(world.round, "evaluate", recipe=recipe)
    other = Evaluation.objects.create(
        run=warm, before=versions[0], after=versions[1], reference=versions[0], metrics={}
    )
    EvaluationSample.objects.filter(model_version=versions[1]).update(evaluation=other)

    with pytest.raises(NotEnoughDataError, match="have the missing texts written"):
        ask(project=world.project, versions=versions, prompts=12, by=world.mona)


def test_closing_asks_no_more_and_keeps_what_was_said(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask(project=world.project, versions=versions, prompts=3, by=world.mona)

    close(ballot=ballot, by=world.mona)

    assert {t.state for t in Task.objects.filter(question__ballot=ballot)} == {"withdrawn"}
    with pytest.raises(ConflictError, match="closed already"):
        close(ballot=ballot, by=world.mona)


def test_one_version_is_no_question(world: World, versions: list[ModelVersion]) -> None:
    with pytest.raises(BadInputError, match="two models or more"):
        ask(project=world.project, versions=versions[:1], prompts=3, by=world.mona)
