"""Beat as a thread of a worker."""

import threading
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from celery import Celery, current_app

from workers.beat import OPTION, BeatThread


@pytest.mark.parametrize("asked", [True, False])
def test_a_worker_runs_beat_only_when_it_is_asked_to(asked: bool):
    assert BeatThread(Mock(), with_beat=asked).enabled is asked


def test_every_worker_knows_the_option():
    assert OPTION in current_app.user_options["worker"]
    assert BeatThread in current_app.steps["worker"]


def test_the_thread_sends_what_is_due_and_ends_when_told(tmp_path: Path):
    app = Celery("scratch", broker="memory://beat", set_as_current=False)
    app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 0.05}}
    worker = SimpleNamespace(app=app, schedule_filename=str(tmp_path / "schedule"))
    thread = BeatThread(Mock(), with_beat=True).create(worker)

    thread.start()
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        message = queue.get(timeout=20)
    thread.stop()
    thread.join(timeout=20)

    assert message.headers["task"] == "tick"
    assert thread not in threading.enumerate()
