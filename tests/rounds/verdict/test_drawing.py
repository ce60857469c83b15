"""Which held-out prompts a vote is about does not depend on what was written for them."""

from collections.abc import Iterable

import pytest

from registry.models import ModelVersion
from rounds.models import EvaluationSample
from rounds.verdict.drawing import Shelf, Stock
from rounds.verdict.texts import Pair, heldout, pairs_of
from tests.factories import make_version
from tests.rounds.world import World, make_run, make_world

COLD = {"temperature": 0.3, "max_new_tokens": 7}


@pytest.fixture
def world(db: None) -> World:
    """Twelve held-out prompts, for which nobody has written."""
    world = make_world()
    EvaluationSample.objects.all().delete()
    return world


@pytest.fixture
def versions(world: World) -> list[ModelVersion]:
    family = world.project.family
    return [make_version("policy", family=family, name=name) for name in ("one", "two", "three")]


@pytest.fixture
def pair(versions: list[ModelVersion]) -> Pair:
    return versions[0].pk, versions[1].pk


def prompts_of(world: World) -> list[int]:
    return list(heldout(world.project).values_list("pk", flat=True))


def write(world: World, version: ModelVersion, texts: dict[int, str]) -> None:
    EvaluationSample.objects.bulk_create(
        EvaluationSample(
            evaluation=world.evaluation, prompt_id=prompt, model_version=version, text=text
        )
        for prompt, text in texts.items()
    )


def test_what_is_there_and_what_is_missing(
    world: World, versions: list[ModelVersion], pair: Pair
) -> None:
    a, b, c, d, *rest = prompts_of(world)
    write(world, versions[0], {a: "A one", b: "Same", c: "C one"})
    write(world, versions[1], {a: "A two", b: "Same", d: "D two"})

    shelf = Shelf.of(world.project, [pair])

    assert shelf.stock() == {pair: Stock(there=1, alike=1, missing=2 + len(rest))}
    assert [draw.prompt for draw in shelf.draw(5, missing=False)[pair]] == [a]
    drawn = shelf.draw(5, missing=True)[pair]
    assert [draw.prompt for draw in drawn] == [a, c, d, *rest[:2]]
    assert [len(draw.texts) for draw in drawn] == [2, 0, 0, 0, 0]


def test_prompts_are_drawn_in_one_order_whatever_is_written_for_them(
    world: World, versions: list[ModelVersion], pair: Pair
) -> None:
    rows = world.project.prompts.filter(split="heldout")
    prompts = [prompt.pk for prompt in sorted(rows, key=lambda prompt: prompt.sha256)]
    assert prompts != sorted(prompts)

    def drawn() -> list[int]:
        shelf = Shelf.of(world.project, [pair])
        return [draw.prompt for draw in shelf.draw(8, missing=True)[pair]]

    assert drawn() == prompts[:8]
    for version in versions:
        write(world, version, {pk: f"{version} {pk}" for pk in prompts[1::3]})
        assert drawn() == prompts[:8]


def test_the_missing_text_is_sampled_as_the_one_that_is_there(
    world: World, versions: list[ModelVersion], pair: Pair
) -> None:
    a, b, *_rest = prompts_of(world)
    cold = make_run(world.round, "generate", recipe=COLD)
    EvaluationSample.objects.create(run=cold, prompt_id=a, model_version=versions[1], text="Cold")

    there, neither = Shelf.of(world.project, [pair]).draw(2, missing=True)[pair]

    assert (there.prompt, tuple(there.sampling)) == (a, (0.3, 1.0, 7, None))
    evaluation = world.evaluation.run.recipe
    assert (neither.prompt, tuple(neither.sampling)) == (
        b,
        (evaluation["temperature"], 1.0, evaluation["max_new_tokens"], None),
    )


def test_of_several_texts_the_newest_two_that_were_sampled_alike_are_asked_about(
    world: World, versions: list[ModelVersion], pair: Pair
) -> None:
    prompt = prompts_of(world)[0]
    write(world, versions[0], {prompt: "warm one"})
    write(world, versions[1], {prompt: "warm two"})
    for version, text in ((versions[0], "old"), (versions[0], "new"), (versions[1], "cold")):
        EvaluationSample.objects.create(
            run=make_run(world.round, "generate", recipe=COLD),
            prompt_id=prompt,
            model_version=version,
            text=text,
        )

    (draw,) = Shelf.of(world.project, [pair]).draw(5, missing=False)[pair]

    assert texts(text.pk for text in draw.texts) == ["new", "cold"]
    assert tuple(draw.sampling) == (0.3, 1.0, 7, None)


def test_each_two_of_three_are_drawn_for(world: World, versions: list[ModelVersion]) -> None:
    pairs = pairs_of(versions)

    draws = Shelf.of(world.project, pairs).draw(20, missing=True)

    assert [draws[pair][0].pair for pair in pairs] == pairs
    assert {len(found) for found in draws.values()} == {12}


def texts(keys: Iterable[int]) -> list[str]:
    return [EvaluationSample.objects.get(pk=pk).text for pk in keys]
