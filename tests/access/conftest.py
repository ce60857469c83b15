"""The scenes of these tests, made once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.access.scene import Scene, Scenes, make_scene, rename


@pytest.fixture(scope="module")
def scenes(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    valkey_url: str,
) -> Iterator[Scenes]:
    """The rows of all tests of this module."""
    artifacts = tmp_path_factory.mktemp("artifacts")
    with (
        django_db_blocker.unblock(),
        override_settings(ARTIFACTS=artifacts),
        transaction.atomic(),
    ):
        elsewhere = make_scene()
        rename(elsewhere)
        yield Scenes(make_scene(), elsewhere, artifacts)
        transaction.set_rollback(True)


@pytest.fixture
def scene(scenes: Scenes, settings: Any, artifact_folders: None) -> Scene:
    """The project that a test is about."""
    settings.ARTIFACTS = scenes.artifacts
    return scenes.here
