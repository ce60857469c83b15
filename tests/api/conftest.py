"""The scenes of tests/access, for what asks every operation as every role; a finished round."""

import pytest

from tests.access.conftest import scene, scenes
from tests.api.caller import Caller
from tests.rounds.world import World, make_world

__all__ = ["scene", "scenes"]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def mona(world: World) -> Caller:
    """Who manages it."""
    return Caller(world.mona, world.project)
