"""A project with people, for the tests of labeling."""

import pytest

from accounts.models import User
from labeling.models import Project, Role
from tests.factories import make_member, make_project


@pytest.fixture
def project(db: None) -> Project:
    """A project whose tasks are answered once."""
    return make_project("kitchen")


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


@pytest.fixture
def bob(project: Project) -> User:
    """Another annotator."""
    return make_member(project, "Bob")


@pytest.fixture
def mona(project: Project) -> User:
    """The manager."""
    return make_member(project, "Mona", Role.MANAGER)
