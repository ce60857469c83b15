"""A project with its manager, and a receiver on this machine, which these tests allow."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from accounts.models import User
from labeling.models import Project, Role
from tests.factories import make_member, make_project
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def project() -> Project:
    return make_project("kitchen", name="Kitchen")


@pytest.fixture
def mona(project: Project) -> User:
    return make_member(project, "Mona", Role.MANAGER)


@pytest.fixture
def allowed(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(allowed: None) -> Iterator[Receiver]:
    with receiving() as found:
        yield found
