"""Workers say of which version they are before they take a job."""

import pytest
from crew import Worker, enqueue, now, wait_until

from core.release import own_release
from jobs.fleet import fleet

pytestmark = pytest.mark.slow


def test_a_worker_of_another_version_takes_nothing_and_says_why(crew):
    crew.end()
    env = {**crew.env, "STUB_VERSION": "9.9"}
    other = Worker("other", env=env, log=crew.folder / "other.log")
    try:
        job = enqueue("note")
        wait_until(lambda: bool(now(job).declined))

        assert (now(job).state, now(job).attempt) == ("queued", 0)
        assert now(job).error_code == "other_version"
        assert f"other@test:{other.process.pid} does not take it: it is Rondo 9.9 (" in (
            now(job).error
        )
        wait_until(lambda: "this worker takes no jobs: it is Rondo 9.9" in other.log.read_text())
        wait_until(lambda: bool(fleet().others))
        assert [worker.name for worker in fleet().others] == [f"other@test:{other.process.pid}"]

        crew.fill()
        wait_until(lambda: now(job).has_ended)
        assert (now(job).state, now(job).error) == ("succeeded", "")
    finally:
        other.kill()


def test_a_worker_reports_while_it_lives_and_no_longer(crew):
    worker = crew.fill()[0]
    name = f"{worker.name}@test:{worker.process.pid}"

    def reported():
        return {each.name: (each.queues, each.release) for each in fleet().workers}

    wait_until(lambda: name in reported(), seconds=60)
    assert reported()[name] == (["default", "gpu"], own_release())

    worker.process.terminate()
    worker.process.wait(60)

    wait_until(lambda: name not in reported())
