"""A base model, and a launched chain."""

from pathlib import Path

import pytest

from accounts.models import User
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.launching.launching import launch
from rounds.models import Round, Run
from tests.factories import make_annotation, make_task
from tests.rounds.worker import write_model


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def runs(first_round: Round, mona: User) -> dict[str, Run]:
    """A launched chain over a few labels."""
    project = first_round.project
    held = project.prompts.filter(split="heldout").order_by("pk")
    for kind in ("demonstration", "demonstration", "ranking", "ranking", "correction"):
        make_annotation(make_task(project, kind))
    make_annotation(make_task(project, prompt=held[0]))
    make_annotation(make_task(project, "ranking", prompt=held[1], k=3))
    stages = ["sft", "reward", "ppo", "evaluate"]
    return {
        run.stage: run for run in launch(round_=first_round, stages=stages, recipes={}, by=mona)
    }
