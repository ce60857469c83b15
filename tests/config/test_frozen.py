"""Servers that are frozen, not dead: pages end, health says the truth, launches go through."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core import health
from embedded.servers import Server, start_valkey
from jobs import handlers, services
from jobs.models import Job
from jobs.services.nudging import messages_waiting
from labeling.models import Role
from tests.embedded.test_servers import eventually
from tests.factories import make_member, make_project, make_user
from tests.freezing import postgres, stopped
from tests.jobs.conftest import Echo
from tests.web_server import WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = start_valkey(tmp_path / "valkey")
    monkeypatch.setattr(current_app.conf, "broker_url", server.url)
    yield server
    server.stop()


def test_a_frozen_database_ends_pages_and_health_tells_it_meanwhile(server: WebServer):
    client = Client()
    client.force_login(make_user("Ada"))
    session = str(client.session.session_key)
    assert [server.get("/profile/", session=session) for _ in range(4)] == [200] * 4
    answers: list[int | None] = []
    pages = [
        threading.Thread(target=lambda: answers.append(server.get("/profile/", session=session)))
        for _ in range(4)
    ]

    with stopped(postgres()):
        for page in pages:
            page.start()
        asked = {path: server.get(path, session=session) for path in ("/healthz", "/readyz")}
        waiting = len(pages) - len(answers)
        for page in pages:
            page.join()

    assert asked == {"/healthz": 200, "/readyz": 503}
    assert waiting == 4  # health did not wait for them
    assert answers == [503] * 4
    assert server.get("/profile/", session=session) == 200
    assert eventually(lambda: server.get("/readyz") == 200)


def test_a_launch_goes_through_while_the_broker_is_frozen_and_is_sent_later(
    valkey: Server, settings, monkeypatch
):
    monkeypatch.setitem(handlers._handlers, "echo", Echo())
    settings.JOB_NUDGE_AGAIN_SECONDS = 0
    begun = time.monotonic()
    with stopped(valkey.process.pid), transaction.atomic():
        job = services.enqueue(kind="echo", payload={})
    assert time.monotonic() - begun < 5  # it took twenty seconds, of which a person saw nothing
    assert Job.objects.get(pk=job.pk).state == "queued"

    with stopped(valkey.process.pid):
        assert services.reap() == []

    # What was sent into the frozen server's ear may have been heard: then nobody sends it again.
    assert services.reap() == [job] or messages_waiting(Job.Queue.DEFAULT) >= 1


def test_managers_are_told_that_the_queue_is_frozen_and_annotators_are_not(
    valkey: Server, monkeypatch
):
    monkeypatch.setattr(health, "broker", probe := health.Probe("broker", health._ask_broker))
    monkeypatch.setattr("web.context.broker", probe)
    project = make_project(slug="alpha")
    clients = [Client(), Client()]
    clients[0].force_login(make_member(project, "Mona", Role.MANAGER))
    clients[1].force_login(make_member(project, "Ada", Role.ANNOTATOR))

    def told() -> list[bool]:
        pages = [client.get(reverse("project", args=["alpha"])) for client in clients]
        return ["The job queue does not answer." in page.content.decode() for page in pages]

    with stopped(valkey.process.pid):
        assert clients[0].get("/readyz").json()["status"] == "degraded"
        assert told() == [True, False]

    assert eventually(lambda: clients[0].get("/readyz").json()["status"] == "ok")
    assert told() == [False, False]
