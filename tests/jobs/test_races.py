"""Cancel and finish at the same moment: one of them wins."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from core.errors import ConflictError, StaleEpochError
from jobs import services
from jobs.models import Job


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_cancelled_while_it_finishes_ends_once():
    outcomes = set()
    for _ in range(20):
        job = services.enqueue(kind="echo", payload={})
        held = services.claim(job_id=job.pk, worker="w")
        completed: list[int] = []
        together(
            lambda held=held, completed=completed: services.succeed(
                job=held, result={}, complete=lambda: completed.append(1)
            ),
            lambda job=job: services.request_cancel(job=job, by=None),
        )
        state = Job.objects.get(pk=job.pk).state
        ends = [e.data["state"] for e in job.events.all() if e.data["state"] in Job.ENDED]
        assert ends == [state]
        assert completed == ([1] if state == "succeeded" else [])
        outcomes.add(state)

    assert outcomes <= {"succeeded", "cancelled"}


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_job():
    job = services.enqueue(kind="echo", payload={})
    got: list[str] = []

    def claim(name):
        got.append(services.claim(job_id=job.pk, worker=name).lease_owner)

    together(*[lambda name=f"w{n}": claim(name) for n in range(8)])

    assert len(got) == 1
    assert Job.objects.get(pk=job.pk).lease_owner == got[0]


def together(*actions):
    """Run all at the same moment, each in a thread with a connection of its own."""
    barrier = Barrier(len(actions))

    def act(action):
        barrier.wait()
        try:
            action()
        except (ConflictError, StaleEpochError):
            pass
        finally:
            connection.close()

    threads = [Thread(target=act, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
