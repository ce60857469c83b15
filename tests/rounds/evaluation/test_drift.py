"""How far a line of policies is from the SFT model: over all rounds, not from the last one."""

import re

import pytest

from registry.models import ModelVersion
from rounds.evaluation.drift import drift, kl_from_sft
from rounds.evaluation.grounds import grounds_of
from rounds.models import Evaluation, Round
from rounds.verdict.reading import _kl
from tests.factories import make_version
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_run, make_world


@pytest.fixture
def world(db: None) -> World:
    """Its policy was trained from the SFT model."""
    return make_world()


@pytest.fixture
def later(world: World) -> ModelVersion:
    """The policy of a second round, trained from the first one's."""
    second = Round.objects.create(project=world.project, number=2, writer=world.policy)
    run = make_run(second, "evaluate")
    version = make_version("policy", family=world.project.family, parent=world.policy)
    numbers = {"kl": 0.5, "kl_sft": 2.75}
    Evaluation.objects.create(
        run=run,
        before=world.policy,
        after=version,
        reference=world.policy,
        metrics={"models": {str(version.pk): numbers}},
    )
    return version


@pytest.mark.parametrize(
    ("numbers", "reference", "found"),
    [
        ({"kl": 0.5, "kl_sft": 2.75}, "policy", 2.75),
        ({"kl": 0.5, "kl_sft": None}, "sft", 0.5),  # the reference is the SFT model
        ({"kl": 0.5}, "sft", 0.5),
        ({"kl": 0.5}, "policy", None),  # from another model: not what is asked
        ({}, "sft", None),
    ],
)
def test_kl_is_that_from_the_sft_model_or_none(
    numbers: dict[str, float | None], reference: str, found: float | None
) -> None:
    assert kl_from_sft(numbers, reference) == found


def test_each_round_of_the_line_is_a_step(world: World, later: ModelVersion) -> None:
    steps = drift([later, world.policy])

    assert [
        (s.evaluation.run.round.number, s.evaluation.after, s.kl, s.kl_of_round, s.prompts)
        for s in steps
    ] == [(1, world.policy, 1.5, 1.5, 12), (2, later, 2.75, 0.5, 0)]
    grounds = grounds_of(world.project, later)
    assert (grounds.kl, grounds.sft and grounds.sft.name) == (2.75, "sft v1")
    assert grounds.steps == steps
    assert _kl(world.project) == {world.policy.pk: 1.5, later.pk: 2.75}


def test_the_shares_of_each_round_have_their_intervals(world: World) -> None:
    shares = {
        "wins": {"value": 0.75, "low": 0.5, "high": 0.9, "n": 12},
        "second_wins": {"value": 0.25, "low": 0.1, "high": 0.5, "n": 12},
    }
    world.evaluation.metrics |= shares
    world.evaluation.save()

    answer = signed_in(world.mona).get(f"/projects/kitchen/models/{world.policy.pk}/")

    cells = re.findall(r'<td[^>]*prefers it">(.*?)</td>', answer.content.decode(), re.DOTALL)
    assert [re.sub(r"<[^>]*>", "", cell).split() for cell in cells] == [
        ["75.0", "%", "50.0", "%", "to", "90.0", "%"],
        ["25.0", "%", "10.0", "%", "to", "50.0", "%"],
    ]
