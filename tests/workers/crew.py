"""Real worker processes for tests: started, found, killed, replaced."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from embedded.servers import start_valkey
from jobs import services
from jobs.models import Job

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "default,gpu"


def children(pid: int) -> list[int]:
    """The ids of the living children of `pid`, whichever of its threads started them."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []


def enqueue(kind: str, **payload: object) -> Job:
    """A queued job of a kind that stub_handlers has."""
    return services.enqueue(kind=kind, payload=payload)


def now(job: Job) -> Job:
    """The job as its row is now."""
    return Job.objects.get(pk=job.pk)


def is_any_transaction_open() -> bool:
    """Whether a connection to the tests' database, other than this one, waits in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])


class Worker:
    """One Celery worker, whose jobs run in a thread."""

    def __init__(self, name: str, *, env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        words = ["-q", "-A", "workers", "worker", "-P", "threads", "-c", "1"]
        words += ["-Q", QUEUES, "-n", f"{name}@test"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", *words, *quiet, "--include", "stub_handlers"],
                env=env,
                cwd=log.parent,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def trainers(self) -> list[int]:
        """The pids of the training processes that it runs."""
        return children(self.process.pid)

    def owns(self, job: Job) -> bool:
        """Whether it holds the lease of `job`."""
        return Job.objects.get(pk=job.pk).lease_owner.startswith(f"{self.name}@test:")

    def kill(self) -> None:
        """SIGKILL to the worker; the kernel ends its trainers."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """SIGSTOP to the worker, not to the trainer; not within a transaction.

        There it would keep its locks until PostgreSQL ends the transaction, after minutes.
        """
        while True:
            self.process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)  # for a statement that was on its way
            if not is_any_transaction_open():
                return
            self.thaw()
            time.sleep(0.1)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    @property
    def is_alive(self) -> bool:
        """Whether the worker has not ended."""
        return self.process.poll() is None


class Broker:
    """A Valkey of the workers' own, that can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.server = start_valkey(folder)

    def kill(self) -> None:
        """SIGKILL: what lay in its queues is gone."""
        self.server.process.kill()
        self.server.process.wait()

    def restart(self) -> None:
        """Start it again, empty."""
        self.server = self.server.restart()


class Crew:
    """Two living workers at any time; dead ones are replaced."""

    def __init__(self, *, env: dict[str, str], folder: Path, broker: Broker) -> None:
        self.env, self.folder, self.broker = env, folder, broker
        self.workers: list[Worker] = []
        self.started = 0

    def fill(self) -> list[Worker]:
        """Replace the dead; the two living."""
        self.workers = [worker for worker in self.workers if worker.is_alive]
        while len(self.workers) < 2:
            self.started += 1
            name = f"worker{self.started}"
            log = self.folder / f"{name}.log"
            self.workers.append(Worker(name, env=self.env, log=log))
        return self.workers

    def end(self) -> None:
        """Kill everybody."""
        for worker in self.workers:
            worker.kill()

    def owner(self, job: Job) -> Worker:
        """The worker that holds the lease of `job`."""
        return next(worker for worker in self.workers if worker.owns(job))

    def logs(self) -> str:
        """What all of them wrote, for failing tests."""
        paths = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in paths)


def wait_until(condition: Callable[[], bool], *, seconds: float = 120) -> None:
    """Return when `condition` holds; meanwhile the reaper runs, as beat would have it.

    The limit is far above what a quiet machine needs: it ends a hang, it measures nothing.
    """
    deadline = time.monotonic() + seconds
    next_reap = 0.0
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        if time.monotonic() > next_reap:
            services.reap()
            next_reap = time.monotonic() + 0.5
        time.sleep(0.05)
