"""A finished round, which these pages show."""

import pytest

from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
