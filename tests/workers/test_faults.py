"""Workers, trainers and brokers are killed; each job still ends exactly once."""

import json
import os
import signal

import pytest
from crew import enqueue, now, wait_until
from django.db import connection

from jobs import services
from jobs.models import Job
from jobs.services.nudging import nudge

pytestmark = pytest.mark.slow


def wait_for_end(*jobs):
    wait_until(lambda: all(now(job).has_ended for job in jobs))


def lines(job, name):
    path = job.folder / name
    return path.read_text().split() if path.exists() else []


def wait_for_steps(job, count):
    wait_until(lambda: len(lines(job, "steps")) >= count)


def ends(job):
    """How often the job's events say that it ended."""
    states = [event.data["state"] for event in job.events.filter(kind="state")]
    return [state for state in states if state in Job.ENDED]


def metric_steps(job):
    return [event.data["step"] for event in job.events.filter(kind="metric").order_by("id")]


def assert_trained_once(job, *, attempt):
    """All six steps happened once, the result was taken over once."""
    job = now(job)
    assert (job.state, job.attempt, job.error) == ("succeeded", attempt, "")
    assert lines(job, "steps") == ["1", "2", "3", "4", "5", "6"]
    assert metric_steps(job) == [1, 2, 3, 4, 5, 6]
    assert lines(job, "completed") == [str(job.epoch)]
    assert ends(job) == ["succeeded"]


def test_a_job_in_peace(crew):
    job = enqueue("stub", steps=6)

    wait_for_end(job)

    assert_trained_once(job, attempt=1)
    job = now(job)
    assert (job.step, job.total_steps, job.phase, job.result) == (6, 6, "steps", {"steps": 6})
    assert lines(job, "output.log") == []


def test_killed_worker_is_replaced_and_the_training_goes_on(crew):
    job = enqueue("stub", steps=6, seconds=0.3)
    wait_for_steps(job, 2)

    crew.owner(job).kill()

    wait_for_end(job)
    assert_trained_once(job, attempt=2)


def test_killed_trainer_is_started_again(crew):
    job = enqueue("stub", steps=6, seconds=0.3)
    wait_for_steps(job, 2)

    os.kill(crew.owner(job).trainers[0], signal.SIGKILL)

    wait_for_end(job)
    assert_trained_once(job, attempt=2)
    reasons = [event.data["reason"] for event in job.events.filter(kind="state")]
    assert "its process was killed; often the machine has run out of memory" in reasons


def test_a_frozen_worker_that_wakes_up_can_write_nothing(crew):
    job = enqueue("stub", steps=6, seconds=0.8)
    wait_for_steps(job, 2)
    zombie = crew.owner(job)

    zombie.freeze()
    wait_until(lambda: now(job).epoch == 2)
    zombie.thaw()

    wait_for_end(job)
    assert_trained_once(job, attempt=2)
    wait_until(lambda: f"job {job.pk} was taken over by another worker" in zombie.log.read_text())


def test_a_message_sent_four_times_runs_the_job_once(crew):
    job = enqueue("note", seconds=1)
    for _ in range(3):
        nudge([job])

    last = enqueue("note")
    wait_for_end(job, last)

    assert lines(job, "notes") == ["1"]
    assert ends(job) == ["succeeded"]


def test_a_job_that_kills_its_worker_stops_after_three_attempts(crew):
    poison, behind = enqueue("suicide"), enqueue("note")

    # As a supervisor has it, what is killed is started again.
    wait_until(lambda: bool(crew.fill()) and all(now(j).has_ended for j in (poison, behind)))

    assert (now(poison).state, now(poison).error_code) == ("failed", "poison")
    assert now(poison).attempt == 3
    assert now(behind).state == "succeeded"


def test_cancel_stops_the_trainer(crew):
    job = enqueue("stub", steps=1000, seconds=0.2)
    after = services.enqueue(kind="note", payload={}, after=job)
    wait_for_steps(job, 1)
    trainer = crew.owner(job).trainers[0]

    services.request_cancel(job=job, by=None)

    wait_for_end(job)
    assert (now(job).state, now(after).state) == ("cancelled", "cancelled")
    wait_until(lambda: not os.path.exists(f"/proc/{trainer}"))  # noqa: PTH110
    assert lines(job, "completed") == []
    assert ends(job) == ["cancelled"]


def test_cancel_kills_a_trainer_that_does_not_listen(crew):
    job = enqueue("stub", steps=1, seconds=60, ignore_sigterm=True)
    wait_until(lambda: (job.folder / "events.jsonl").exists())

    services.request_cancel(job=job, by=None)

    wait_for_end(job)
    assert now(job).state == "cancelled"


def test_a_worker_that_is_asked_to_leave_hands_its_job_over(crew):
    job = enqueue("stub", steps=6, seconds=0.4)
    wait_for_steps(job, 2)
    worker = crew.owner(job)

    worker.process.send_signal(signal.SIGTERM)

    assert worker.process.wait(timeout=60) == 0
    wait_for_end(job)
    assert_trained_once(job, attempt=1)


def test_a_broker_that_loses_everything_loses_no_job(crew):
    running = enqueue("stub", steps=6, seconds=0.4)
    wait_for_steps(running, 1)
    other = enqueue("note", seconds=3)  # both workers are busy
    queued = [enqueue("note") for _ in range(4)]

    crew.broker.kill()
    queued.append(enqueue("note"))  # disturbs nobody
    assert services.reap() == []
    crew.broker.restart()

    wait_for_end(running, other, *queued)
    assert_trained_once(running, attempt=1)
    for job in (other, *queued):
        assert (now(job).state, lines(job, "notes")) == ("succeeded", ["1"])


def test_lost_connections_to_the_database_cost_no_attempt(crew):
    job = enqueue("stub", steps=6, seconds=0.4)
    for steps in (1, 3):
        wait_for_steps(job, steps)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    wait_for_end(job)
    assert_trained_once(job, attempt=1)


def test_known_errors_of_a_trainer_fail_the_job_with_advice(crew):
    diverged, crashed = (
        enqueue("stub", steps=1, error="diverged"),
        enqueue("stub", steps=1, error="boo"),
    )

    wait_for_end(diverged, crashed)

    assert (now(diverged).state, now(diverged).error_code) == ("failed", "diverged")
    assert now(diverged).error == "the loss is not finite"
    assert now(diverged).explanation.startswith("Training diverged. Launch it again")
    assert (now(crashed).state, now(crashed).error_code) == ("failed", "crash")
    assert now(crashed).error == "ValueError: boo"
    assert "Traceback" in crashed.events.get(kind="log").data["text"]


def test_data_that_cannot_be_prepared_fails_the_job(crew):
    job = enqueue("stub", bad_data=True)

    wait_for_end(job)

    assert (now(job).error_code, now(job).error) == ("crash", "ValueError: no such data")
    assert "in prepare" in job.events.get(kind="log").data["text"]


def test_no_worker_loads_torch_and_no_trainer_knows_the_database(crew):
    job = enqueue("stub", steps=2, seconds=1)
    wait_for_steps(job, 1)
    worker = crew.owner(job)

    with open(f"/proc/{worker.trainers[0]}/environ", "rb") as file:  # noqa: PTH123
        names = {word.split(b"=")[0].decode() for word in file.read().split(b"\0")}
    with open(f"/proc/{worker.process.pid}/maps") as file:  # noqa: PTH123
        maps = file.read()
    wait_for_end(job)

    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} & names == set()
    assert [name for name in ("libtorch", "libarrow", "/numpy/") if name in maps] == []
    assert json.loads((job.folder / "job.json").read_text())["steps"] == 2
