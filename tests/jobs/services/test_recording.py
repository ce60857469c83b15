"""Lines of the trainer become rows once, whatever they hold."""

import pytest

from jobs import services
from training.contract.events import Event, Log, Metric, Progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    job = services.enqueue(kind="echo", payload={})
    return services.claim(job_id=job.pk, worker="w")


def line(n, data):
    return Event(n=n, seconds=n / 10, data=data)


def log(text):
    return Log(level="info", text=text)


def stored(job):
    rows = job.events.exclude(kind="state").order_by("id")
    return [(row.number, row.kind, row.seconds, row.data) for row in rows]


def test_record_keeps_lines_in_order(held):
    services.record(job=held, events=[line(1, log("a")), line(2, Metric(step=1, values={}))])

    assert stored(held) == [
        (1, "log", 0.1, {"level": "info", "text": "a"}),
        (2, "metric", 0.2, {"step": 1, "values": {}}),
    ]


def test_record_leaves_out_what_is_stored(held):
    services.record(job=held, events=[line(1, log("a"))])
    services.record(job=held, events=[line(1, log("a")), line(2, log("b"))])

    assert [row[0] for row in stored(held)] == [1, 2]


def test_progress_moves_the_job(held):
    progress = {"step": 3, "total": 10, "eta_seconds": 4.5, "phase": "rollouts"}
    services.record(job=held, events=[line(1, Progress(**progress))])

    held.refresh_from_db()
    assert (held.step, held.total_steps, held.eta_seconds, held.phase) == (3, 10, 4.5, "rollouts")


def test_text_that_postgres_cannot_hold_is_replaced(held):
    services.record(job=held, events=[line(1, log("a\x00b\ud800c"))])

    assert stored(held) == [(1, "log", 0.1, {"level": "info", "text": "a\ufffdb?c"})]


def test_what_is_done_in_the_worker_itself_moves_the_job_too(held):
    held.step, held.total_steps, held.phase = 3, 10, "rollouts"
    services.advance(job=held)

    held.refresh_from_db()
    told = {"step": 3, "total": 10, "eta_seconds": None, "phase": "rollouts"}
    assert (held.step, held.total_steps, held.phase) == (3, 10, "rollouts")
    assert stored(held) == [(None, "progress", None, told)]
