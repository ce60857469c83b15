"""A project in which texts are missing."""

import pytest

from registry.models import ModelVersion
from rounds.models import EvaluationSample
from rounds.verdict.texts import evaluated
from tests.factories import make_version
from tests.rounds.verdict.lacking import drawn
from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A base model wrote for all of twelve held-out prompts, a policy for four of them."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    kept = drawn(world)[:4]
    EvaluationSample.objects.filter(model_version=world.policy).exclude(prompt__in=kept).delete()
    return world


@pytest.fixture
def versions(world: World) -> list[ModelVersion]:
    return evaluated(world.project)


@pytest.fixture
def newer(world: World) -> ModelVersion:
    """A policy that has written nothing."""
    return make_version("policy", family=world.project.family, name="policy v2")
