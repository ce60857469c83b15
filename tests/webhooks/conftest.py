"""A receiver on this machine, which these tests allow."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def allowed(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(allowed: None) -> Iterator[Receiver]:
    with receiving() as found:
        yield found
