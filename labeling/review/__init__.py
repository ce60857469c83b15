"""What reviewers look at next. A queue says which answers wait in it, the first one first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.models import User
from labeling.models import Project

MOST = 1000  # that a page counts


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reviewer wants to go through.

    person: whose answers, where the queue asks for somebody. later: answers to leave for now.
    """

    project: Project
    reviewer: User
    person: int | None = None
    later: Sequence[int] = ()


class ReviewQueue:
    """One queue. The page shows those with a lower `rank` first.

    of_person: it is somebody's answers, so a person must be chosen.
    """

    name: ClassVar[str]
    label: ClassVar[Promise]
    help: ClassVar[Promise]
    rank: ClassVar[int]
    of_person: ClassVar[bool] = False

    def first(self, asked: Asked) -> int | None:
        """The id of the answer to look at now; None where none is left. Never one's own."""
        raise NotImplementedError

    def left(self, asked: Asked) -> int:
        """How many wait, MOST at the most."""
        raise NotImplementedError


class Beside:
    """What managers read beside the names of people whose answers they may go through."""

    help: ClassVar[Promise]

    def look_up(self, people: QuerySet[User], project: Project) -> QuerySet[User]:
        """The people with what `words` reads, by the query that they are read by."""
        raise NotImplementedError

    def words(self, person: User) -> str:
        """What there is to say of one of them; "" where there is nothing."""
        raise NotImplementedError


_queues: dict[str, ReviewQueue] = {}


def register(queue: ReviewQueue) -> None:
    """Add a queue; called from AppConfig.ready of the app that knows its answers."""
    _queues[queue.name] = queue


_beside: list[Beside] = []


def show_beside_names(beside: Beside) -> None:
    """Called from AppConfig.ready of the app that knows something of people."""
    _beside.append(beside)


def beside_names() -> list[Beside]:
    """All that there is to say."""
    return list(_beside)


def queues() -> dict[str, ReviewQueue]:
    """All queues, by their names, in the order of the page."""
    return dict(sorted(_queues.items(), key=lambda item: item[1].rank))
