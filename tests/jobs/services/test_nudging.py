"""Messages on a real broker."""

from celery import current_app

from jobs.models import Job
from jobs.services.nudging import messages_waiting


def test_an_empty_queue_has_no_messages_and_a_filled_one_says_how_many(valkey_url):
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        channel.queue_purge(Job.Queue.GPU)
        assert messages_waiting(Job.Queue.GPU) == 0

        current_app.send_task("workers.run_job", args=[0], queue=Job.Queue.GPU)
        assert messages_waiting(Job.Queue.GPU) == 1
        channel.queue_purge(Job.Queue.GPU)
