"""A project in its first round, for the tests of rounds."""

import pytest

from accounts.models import User
from labeling.models import Project, Role, Split
from registry.models import ModelVersion
from rounds.models import Round
from tests.factories import make_member, make_project, make_prompt, make_version


@pytest.fixture
def base(db: None) -> ModelVersion:
    """A base model."""
    return make_version(name="base")


@pytest.fixture
def project(db: None) -> Project:
    """Eight training prompts and four held-out ones."""
    project = make_project("kitchen")
    for number in range(12):
        split = Split.HELDOUT if number % 3 == 2 else Split.TRAIN
        make_prompt(project, f"Question {number}?", split=split)
    return project


@pytest.fixture
def mona(project: Project) -> User:
    """The manager."""
    return make_member(project, "Mona", Role.MANAGER)


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


@pytest.fixture
def first_round(project: Project, base: ModelVersion) -> Round:
    """Round 1, nothing asked yet."""
    return Round.objects.create(
        project=project, number=1, writer=base, plan={"completions": {"ranking": 4}}
    )
