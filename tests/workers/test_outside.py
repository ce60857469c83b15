"""What workers stand on is away, slow or hasty: they wait, and a job still runs once."""

import time

import pytest
from crew import Worker, enqueue, now, wait_until
from django.conf import settings

from embedded.servers import start_postgres
from tests.freezing import postgres, stopped

pytestmark = pytest.mark.slow


def lines(job):
    return (job.folder / "notes").read_text().split()


def test_a_job_longer_than_the_brokers_visibility_timeout_runs_once(crew):
    """Redis gives a message that is not acknowledged to the next worker after that time."""
    crew.end()
    env = {**crew.env, "STUB_VISIBILITY_SECONDS": "1"}
    workers = [Worker(name, env=env, log=crew.folder / f"{name}.log") for name in ("one", "two")]
    try:
        job = enqueue("note", seconds=6)
        behind = [enqueue("note") for _ in range(3)]
        wait_until(lambda: all(now(each).has_ended for each in (job, *behind)))

        for each in (job, *behind):
            assert (now(each).state, now(each).attempt, lines(each)) == ("succeeded", 1, ["1"])
    finally:
        for worker in workers:
            worker.kill()


def test_a_worker_whose_database_is_not_there_yet_waits_for_it(crew, tmp_path):
    first = start_postgres(tmp_path / "postgres", durable=False)
    first.stop()
    env = {**crew.env, "DATABASE_URL": first.url}
    worker = Worker("early", env=env, log=crew.folder / "early.log")
    try:
        wait_until(lambda: worker.log.read_text().count("cannot say that this worker lives") > 1)
        assert "Connection refused" in worker.log.read_text()
        assert "Traceback" not in worker.log.read_text()

        server = first.restart()
        try:  # it is there, and empty: nobody has prepared it yet
            wait_until(lambda: 'relation "jobs_release" does not exist' in worker.log.read_text())
            assert worker.is_alive
        finally:
            server.stop()
    finally:
        worker.kill()


def test_a_job_outlives_a_database_that_is_frozen_for_longer_than_its_lease(crew):
    """No statement of a worker has a limit: it waits, and is overtaken or goes on."""
    training = enqueue("stub", steps=6, seconds=0.4)
    behind = enqueue("note")
    wait_until(lambda: now(training).step >= 2)

    with stopped(postgres()):
        time.sleep(3 * settings.JOB_LEASE_SECONDS)

    wait_until(lambda: all(now(each).has_ended for each in (training, behind)))
    done = now(training)
    steps = (done.folder / "steps").read_text().split()
    assert (done.state, steps) == ("succeeded", ["1", "2", "3", "4", "5", "6"])
    assert (done.folder / "completed").read_text().split() == [str(done.epoch)]
    assert [event.data["step"] for event in done.events.filter(kind="metric").order_by("id")] == [
        *range(1, 7)
    ]
    assert (now(behind).state, lines(behind)) == ("succeeded", ["1"])


def test_workers_come_back_to_a_broker_that_was_frozen(crew):
    """Longer than a socket waits, so that their connections have ended meanwhile."""
    training = enqueue("stub", steps=6, seconds=0.5)
    wait_until(lambda: now(training).step >= 1)

    with stopped(crew.broker.server.process.pid):
        behind = enqueue("note")
        wait_until(lambda: now(training).has_ended)
        time.sleep(settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"])

    wait_until(lambda: now(behind).has_ended)
    assert (now(training).state, now(training).attempt) == ("succeeded", 1)
    assert (now(behind).state, now(behind).attempt, lines(behind)) == ("succeeded", 1, ["1"])
