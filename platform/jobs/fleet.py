"""The processes of this installation as managers see them: who is there, and of which version."""

from dataclasses import dataclass

from core.release import own_release
from jobs.models import Release, Worker


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """own: the version of this web process. prepared: that of the database."""

    own: str
    prepared: str
    workers: list[Worker]

    @property
    def others(self) -> list[Worker]:
        """Workers that take no jobs, being of another version than the database."""
        return [worker for worker in self.workers if worker.release != self.prepared]

    @property
    def is_odd(self) -> bool:
        """Whether some process is of another version than the database."""
        return self.own != self.prepared or bool(self.others)


def fleet() -> Fleet:
    """As it is now. Two queries."""
    newest = Release.objects.newest()
    own = own_release()
    return Fleet(
        own=own,
        prepared=newest.name if newest else own,
        workers=list(Worker.objects.living().order_by("name")),
    )
