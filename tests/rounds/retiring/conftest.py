"""A project after a whole round, with its files, and another one beside it."""

from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_member, make_project, make_prompt, make_task
from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """With the folders of its models, its snapshot and its jobs."""
    settings.ARTIFACTS, settings.JOBS = tmp_path / "artifacts", tmp_path / "jobs"
    world = make_world()
    for version in world.project.family.versions.all():
        fill(settings.ARTIFACTS / version.uri)
    for run in world.runs.values():
        fill(run.job.folder)
    return world


@pytest.fixture
def other(db: None) -> Any:
    """A project that stays."""
    project = make_project("garden")
    make_task(project, prompt=make_prompt(project))
    make_member(project, "Gil")
    return project


def fill(folder: Path) -> None:
    """A folder with a file of ten bytes."""
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"0123456789")
