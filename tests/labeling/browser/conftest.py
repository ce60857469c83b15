"""A project of committed rows, and its annotator."""

import pytest

from accounts.models import User
from labeling.models import Project
from tests.factories import make_member, make_project


@pytest.fixture
def project() -> Project:
    """A project of committed rows, since the server of these tests is another thread."""
    return make_project("kitchen")


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")
