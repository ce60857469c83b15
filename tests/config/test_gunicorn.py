"""The web server as a process: open streams, a lost database, its end."""

import http.client
import os
import random
import signal
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from labeling.models import Role
from tests.factories import make_member, make_project, make_prompt
from tests.rounds.world import make_run, make_world
from tests.web_server import Start, WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(start_server: Start) -> WebServer:
    return start_server()


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def backends() -> list[int]:
    """The PostgreSQL processes of everybody else's connections to the tests' database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_fifty_open_run_pages_hold_no_thread_and_no_connection(server: WebServer):
    world = make_world()
    path = reverse("job_events", args=[make_run(world.round, "ppo", state="queued").job_id])
    people = [make_member(world.project, f"Lee {n}", Role.MANAGER) for n in range(10)]
    sessions = [session_of(person) for person in people]

    streams = [server.open(path, session=session) for session in sessions for _ in range(5)]
    first = [stream.readline() for stream in streams]
    pages = [server.get("/profile/", session=session) for session in sessions * 3]

    assert ({stream.status for stream in streams}, set(first)) == ({200}, {b"retry: 2000\n"})
    assert set(pages) == {200}
    for process in server.processes():
        maps = Path(f"/proc/{process}/maps").read_text()
        assert [name for name in ("libtorch", "libarrow", "/numpy/") if name in maps] == []
    # Two threads and the reader of the streams, in each of two processes.
    assert len(backends()) <= 6
    assert server.stop() == 0
    for stream in streams:
        with stream, pytest.raises(http.client.IncompleteRead):  # a browser opens it again
            stream.read()


def test_pages_and_streams_outlive_the_connections_to_the_database(server: WebServer):
    world = make_world()
    job = make_run(world.round, "ppo", state="queued").job
    session = session_of(world.mona)
    stream = server.open(reverse("job_events", args=[job.pk]), session=session)
    stream.readline()
    assert [server.get("/profile/", session=session) for _ in range(8)] == [200] * 8

    with connection.cursor() as cursor:
        for pid in backends():
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert [server.get("/profile/", session=session) for _ in range(8)] == [200] * 8
    Job.objects.filter(pk=job.pk).update(state="failed")
    assert stream.read().endswith(b"event: end\ndata: {}\n\n")


def test_a_process_that_is_killed_is_replaced(server: WebServer):
    first, second = server.processes()

    os.kill(first, signal.SIGKILL)

    deadline = time.monotonic() + 60
    while len(left := server.processes()) < 2 or first in left:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert second in left
    assert server.get("/accounts/login/") == 200


def test_an_export_whose_process_is_killed_is_no_whole_file_and_comes_again(server: WebServer):
    project = make_project("long")
    for number in range(20):
        make_prompt(project, random.Random(number).randbytes(2**19).hex())  # 1 MiB each
    session = session_of(make_member(project, "Mona", Role.MANAGER))
    path = "/projects/long/export/prompts.jsonl"

    with server.open(path, session=session) as download:
        begun = download.read(2**16)
        for process in server.processes():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(http.client.IncompleteRead):
            download.read()

    deadline = time.monotonic() + 60
    while server.get("/healthz") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    contents = []
    for _ in range(2):
        with server.open(path, session=session) as download:
            contents.append(download.read())
    assert contents[0] == contents[1]
    assert contents[0].startswith(begun)
    assert contents[0].count(b"\n") == 20
