"""Another annotator."""

import pytest

from accounts.models import User
from labeling.models import Project
from tests.factories import make_member


@pytest.fixture
def bob(project: Project) -> User:
    """He talks as well."""
    return make_member(project, "Bob")
