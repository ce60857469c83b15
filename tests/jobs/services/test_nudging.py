"""Messages on a real broker."""

import pytest
import redis
from celery import current_app

from embedded.servers import start_valkey
from jobs import services
from jobs.models import Job
from jobs.services.nudging import messages_waiting


def test_an_empty_queue_has_no_messages_and_a_filled_one_says_how_many(valkey_url):
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        channel.queue_purge(Job.Queue.GPU)
        assert messages_waiting(Job.Queue.GPU) == 0

        current_app.send_task("workers.run_job", args=[0], queue=Job.Queue.GPU)
        assert messages_waiting(Job.Queue.GPU) == 1
        channel.queue_purge(Job.Queue.GPU)


@pytest.fixture
def full_broker(tmp_path, monkeypatch):
    """A Valkey that has reached its `maxmemory`: it answers, and takes nothing."""
    server = start_valkey(tmp_path / "valkey")
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory", "1kb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("x", "y")
    monkeypatch.setattr(current_app.conf, "broker_url", server.url)
    yield
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_broker_without_memory_fails_no_launch_and_the_reaper_goes_on(full_broker, settings):
    settings.JOB_NUDGE_AGAIN_SECONDS = 0

    job = services.enqueue(kind="echo", payload={})
    services.reap()

    job.refresh_from_db()
    assert job.state == "queued"
