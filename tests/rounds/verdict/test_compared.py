"""What answers say of versions is told once, and again where it has changed."""

import random
from typing import TYPE_CHECKING, Any

import pytest

from labeling import reviewing
from labeling.models import Annotation, Role, Task
from registry.models import ModelVersion
from rounds.models import Compared, Verdict
from rounds.verdict import compared
from rounds.verdict.asking import ask
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated
from tests.factories import make_annotation, make_member, make_task
from tests.rounds.verdict.voting import vote
from tests.rounds.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def world(db: None) -> World:
    """All tasks but those of votes are done."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    return world


def mixed(world: World, versions: list[ModelVersion]) -> Task:
    """A task with a text of each version."""
    task = make_task(world.project, "ranking", texts=["a", "b", "c"], overlap=9)
    Task.objects.filter(pk=task.pk).update(free_slots=0, state="done")
    for number, completion in enumerate(task.completions.order_by("pk")):
        completion.model_version = versions[number % 2]
        completion.save()
    return task


def rank(task: Task, order: list[int], **fields: Any) -> Annotation:
    body = {"tiers": [[task.completion_ids[n]] for n in order], "unacceptable": []}
    return make_annotation(task, body, **fields)


def everything(world: World) -> tuple[Any, ...]:
    """All that is stored of it, but for when it was."""
    assert refresh(world.project.pk)
    rows = Compared.objects.order_by("pk").values_list("pk", "prompt_id", "is_vote", "outcomes")
    return Verdict.objects.get().figures, list(rows)


def test_a_text_that_a_person_wrote_judges_no_model(world: World) -> None:
    versions = evaluated(world.project)
    task = mixed(world, versions)
    human = task.completions.order_by("pk")[1]
    human.model_version, human.answer = None, make_annotation(make_task(world.project))
    human.save()

    rank(task, [1, 0, 2])

    assert everything(world)[1] == []
    human.model_version, human.answer = versions[1], None
    human.save()
    rank(task, [1, 0, 2])
    ((_pk, _prompt, _is_vote, told), *_rest) = everything(world)[1]
    assert len(told) == 2  # of the same task, had a model written it


@pytest.mark.parametrize("seed", [1, 2])
def test_bit_by_bit_is_as_from_nothing(world: World, seed: int) -> None:
    draw = random.Random(seed)
    versions = evaluated(world.project)
    rita = make_member(world.project, "Rita", Role.REVIEWER)
    ask(project=world.project, versions=versions, prompts=12, votes=2, by=world.mona)

    def answers(standing: str) -> list[Annotation]:
        found = Annotation.objects.filter(project=world.project, standing=standing)
        return list(found.filter(purpose__in=["label", "verdict"]).order_by("pk"))

    def again() -> None:
        for answer in answers("excluded")[:1]:
            reviewing.include(annotation=answer, by=rita)

    def exclude() -> None:
        for answer in draw.sample(answers("counts"), 1):
            reviewing.exclude(annotation=answer, by=rita, text="A guess.", ask_again=True)

    def decide() -> None:
        task = draw.choice(list(Task.objects.filter(kind="ranking", overlap=9).order_by("pk")))
        if not task.annotations.filter(purpose="decision").exists():
            task.annotations.counted().update(standing="overruled")
            rank(task, draw.sample(range(3), 3), purpose="decision")

    acts: list[Callable[[], object]] = [
        lambda: rank(mixed(world, versions), draw.sample(range(3), 3)),
        lambda: rank(draw.choice(Task.objects.filter(overlap=9).order_by("pk")), [2, 1, 0]),
        lambda: vote(world.project, make_member(world.project), lambda a, b: draw.randint(-3, 3)),
        exclude,
        again,
        decide,
    ]
    rank(mixed(world, versions), [0, 1, 2])
    for _ in range(5):
        for _ in range(6):
            draw.choice(acts)()
        bit_by_bit = everything(world)
    Compared.objects.all().delete()
    Verdict.objects.all().delete()

    assert everything(world) == bit_by_bit
    figures, rows = bit_by_bit
    assert figures["rankings"]
    assert {is_vote for _pk, _prompt, is_vote, _outcomes in rows} == {True, False}


def test_an_answer_is_told_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = evaluated(world.project)
    old, other = (rank(mixed(world, versions), [0, 1, 2]) for _ in range(2))
    Annotation.objects.update(created_at="2026-01-01T00:00Z")
    refresh(world.project.pk)
    told: list[int] = []
    real = compared.outcomes
    monkeypatch.setattr(compared, "outcomes", lambda one: (told.append(one.pk), real(one))[1])

    refresh(world.project.pk)
    assert told == []
    new = rank(mixed(world, versions), [2, 1, 0])
    reviewing.exclude(annotation=old, by=world.mona, text="A guess.", ask_again=True)
    refresh(world.project.pk)

    assert told == [new.pk]
    assert list(Compared.objects.order_by("pk").values_list("pk", flat=True)) == [other.pk, new.pk]
