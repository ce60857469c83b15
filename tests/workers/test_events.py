"""events.jsonl becomes rows: whole lines, once, in order."""

import json

import pytest

from jobs import services
from jobs.models import Job
from workers import events
from workers.events import EventFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    Job.objects.create(kind="note", queue="default")
    job = services.claim(job_id=Job.objects.get().pk, worker="w")
    job.folder.mkdir(parents=True)
    return job


def line(n):
    data = {"level": "info", "text": f"line {n}"}
    return json.dumps({"n": n, "kind": "log", "seconds": 0.5, "data": data}).encode() + b"\n"


def write(job, content):
    with (job.folder / "events.jsonl").open("ab") as file:
        file.write(content)


def numbers(job):
    rows = job.events.filter(kind="log").order_by("id")
    return list(rows.values_list("number", flat=True))


def test_lines_are_stored_as_they_come(job):
    followed = EventFile(job)
    assert followed.store() is False

    write(job, line(1) + line(2))
    assert followed.store() is True
    write(job, line(3))
    followed.store()

    assert numbers(job) == [1, 2, 3]
    assert followed.store() is False


def test_silence_is_counted_since_the_file_last_grew(job, monkeypatch):
    clock = iter([100, 100, 107, 109, 109, 119])
    monkeypatch.setattr(events.time, "monotonic", lambda: next(clock))
    followed = EventFile(job)

    assert [followed.silence(), followed.silence()] == [0, 7]
    write(job, line(1))
    assert [followed.silence(), followed.silence()] == [0, 10]


def test_half_a_line_waits_for_its_end(job):
    followed = EventFile(job)
    write(job, line(1) + line(2)[:20])
    followed.store()
    assert numbers(job) == [1]

    write(job, line(2)[20:])
    followed.store()
    assert numbers(job) == [1, 2]


def test_a_worker_that_takes_over_leaves_out_what_is_stored(job):
    write(job, line(1) + line(2))
    EventFile(job).store()
    write(job, line(3))

    EventFile(job).store()

    assert numbers(job) == [1, 2, 3]


def test_lines_that_cannot_be_read_are_passed_over(job):
    write(job, b"{oops\n" + b'{"n": 1}\n' + b"[]\n" + line(2).replace(b'"log"', b'"boo"') + line(3))

    EventFile(job).store()

    assert numbers(job) == [3]


def test_a_long_file_is_read_in_parts_also_within_a_long_line(job, monkeypatch):
    monkeypatch.setattr(events, "MAX_BYTES", 10)
    write(job, line(1) + line(2) + line(3))
    followed = EventFile(job)

    while followed.store():
        pass

    assert numbers(job) == [1, 2, 3]
