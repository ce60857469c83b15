"""A reviewer's way through a queue: where they are, and where what they do leads on."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from core.paging import as_key
from labeling.models import Annotation, Project
from labeling.review import MOST, Asked, ReviewQueue, items, queues

MOST_LATER = 100  # answers that one leaves for later before they come again


@dataclass(frozen=True, kw_only=True)
class Walk:
    """The queue that an address or a form names, if it names one, and how far they are in it."""

    queue: ReviewQueue | None
    asked: Asked

    @classmethod
    def of(cls, request: UserRequest, project: Project, sent: QueryDict) -> "Walk":
        """As `sent` says it."""
        later = [as_key(part) for part in sent.get("later", "").split(",")[-MOST_LATER:]]
        asked = Asked(
            project=project,
            reviewer=request.user,
            person=as_key(sent.get("person", "")),
            later=[key for key in later if key is not None],
        )
        return cls(queue=queues().get(sent.get("queue", "")), asked=asked)

    @property
    def fields(self) -> dict[str, str]:
        """The walk as an address or a form says it."""
        if self.queue is None:
            return {}
        fields = {"queue": self.queue.name}
        if self.asked.person is not None:
            fields["person"] = str(self.asked.person)
        if self.asked.later:
            fields["later"] = ",".join(map(str, self.asked.later))
        return fields

    @property
    def query(self) -> str:
        """The same behind an address."""
        return f"?{urlencode(self.fields)}" if self.fields else ""

    def next(self, request: UserRequest) -> str:
        """The address of the next answer; the end of the queue is told."""
        assert self.queue is not None
        slug = self.asked.project.slug
        if (found := self.queue.first(self.asked)) is not None:
            return reverse("label", args=[slug, found]) + self.query
        messages.success(request, _("Nothing is left in “%s”.") % self.queue.label)
        return reverse("review", args=[slug])


def place(request: UserRequest, project: Project, label_id: int) -> dict[str, Any] | None:
    """Where the page of an answer is in the queue that its address names; None in none."""
    walk = Walk.of(request, project, request.GET)
    if walk.queue is None:
        return None
    later = [*walk.asked.later, label_id][-MOST_LATER:]
    return {
        "label": walk.queue.label,
        "left": count(walk.queue.left(walk.asked)),
        "fields": walk.fields,
        "query": walk.query,
        "later": ",".join(map(str, later)),
    }


def after_decision(request: UserRequest, decision: Annotation) -> str | None:
    """Where a reviewer goes on who decided from a queue; None where they came from none.

    The answer from which they came is among those left for later; it waits no more.
    """
    walk = Walk.of(request, decision.task.project, request.GET)
    if walk.queue is None:
        return None
    items.decided(task_id=decision.task_id, answers=walk.asked.later)
    messages.success(request, _("The task is decided: your answer counts."))
    return walk.next(request)


def count(number: int) -> str:
    """As many as are counted."""
    return f"{MOST}+" if number >= MOST else str(number)
