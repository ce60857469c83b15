"""What people are told of: tasks that arrive, answers that come back, what was said of them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from labeling.checks.newcomers import newcomers
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project, Purpose, Review, Role, Screening, Task
from labeling.review import items
from notices.events import Event, How, register
from notices.services import notify

Data = Mapping[str, Any]
Verb = Review.Verb


def _tasks(data: Data, who: str) -> str:
    return _("There are new tasks for you in “%(project)s”.") % data


def _came_back(data: Data, who: str) -> str:
    text = _("%(who)s sent an answer of yours back to you (%(kind)s, “%(project)s”).")
    return text % _named(data, who)


def _reviewed(data: Data, who: str) -> str:
    texts = {
        Verb.EXCLUDED.value: _("%(who)s excluded an answer of yours (%(kind)s, “%(project)s”)."),
        Verb.INCLUDED.value: _(
            "%(who)s let an answer of yours count again (%(kind)s, “%(project)s”)."
        ),
    }
    commented = _("%(who)s commented on an answer of yours (%(kind)s, “%(project)s”).")
    return texts.get(data["verb"], commented) % _named(data, who)


def _replied(data: Data, who: str) -> str:
    texts = {
        "corrected": _(
            "%(who)s corrected the answer that was sent back (%(kind)s, “%(project)s”)."
        ),
        Verb.TAKEN_BACK.value: _(
            "%(who)s took back an answer that you had reviewed (%(kind)s, “%(project)s”)."
        ),
    }
    replied = _("%(who)s replied to your review (%(kind)s, “%(project)s”).")
    return texts.get(data["verb"], replied) % _named(data, who)


def _tested(data: Data, who: str) -> str:
    texts = {
        Screening.State.PASSED.value: _("You have passed the test of “%(project)s”: go on."),
        Screening.State.TEST.value: _("You may try the test of “%(project)s” again."),
    }
    failed = _("You have not passed the test of “%(project)s”. Ask a manager what to do next.")
    return texts.get(data["state"], failed) % data


def _waits(data: Data, who: str) -> str:
    text = _("%(who)s has answered the test of “%(project)s” and waits for a decision.")
    return text % {**data, "who": who}


def _named(data: Data, who: str) -> dict[str, str]:
    kind = kinds().get(data["kind"])
    return {**data, "who": who, "kind": str(kind.label if kind else data["kind"])}


TASKS_ARRIVED = register(
    Event(name="tasks_arrived", label=gettext_lazy("There are new tasks for me"), say=_tasks)
)
CAME_BACK = register(
    Event(
        name="came_back",
        label=gettext_lazy("An answer of mine comes back"),
        say=_came_back,
        usual=How.SOON,
    )
)
REVIEWED = register(
    Event(
        name="reviewed",
        label=gettext_lazy("An answer of mine is commented on or excluded"),
        say=_reviewed,
    )
)
REPLIED = register(
    Event(
        name="replied",
        label=gettext_lazy("An annotator replies to my review or corrects the answer"),
        say=_replied,
    )
)
TESTED = register(
    Event(name="tested", label=gettext_lazy("A manager has decided on my test"), say=_tested)
)
WAITS = register(
    Event(name="waits", label=gettext_lazy("Somebody new has answered the test"), say=_waits)
)


def without_work(project: Project) -> list[User]:
    """The annotators for whom there is nothing to do in `project`, but for a test."""
    of_project = Task.objects.filter(project=project, state=Task.State.OPEN, free_slots__gt=0)
    had = Assignment.objects.filter(task=OuterRef("pk"), annotator=OuterRef(OuterRef("pk")))
    begun = Assignment.objects.filter(
        annotator=OuterRef("pk"), state__in=["active", "revising"], task__project=project
    )
    left = of_project.given_to(OuterRef(OuterRef("pk"))).filter(~Exists(had))
    people = User.objects.filter(is_active=True, is_simulated=False).filter(
        memberships__project=project, memberships__role=Role.ANNOTATOR
    )
    tested = newcomers().filter(project=project, user=OuterRef("pk"))  # no task is theirs
    return list(people.filter(~Exists(left), ~Exists(begun), ~Exists(tested)))


def of_tasks(project: Project, people: list[User]) -> None:
    """Tasks were opened: tell those of `people`, who had none, for whom there are some now."""
    link = reverse("project", args=[project.slug])
    idle = set(without_work(project)) if people else set()
    reached = [person for person in people if person not in idle]
    notify(TASKS_ARRIVED, to=reached, link=link, project=project.name)


def of_screening(row: Screening, *, by: User) -> None:
    """A manager has decided on somebody's test: tell them."""
    link = reverse("project", args=[row.project.slug])
    data = {"project": row.project.name, "state": row.state}
    notify(TESTED, to=[row.annotator], link=link, actor=by, **data)


def of_tested(project: Project, annotator: User) -> None:
    """Somebody new has answered the whole test: tell the managers, who decide."""
    managers = User.objects.filter(memberships__project=project, memberships__role=Role.MANAGER)
    link = reverse("checks", args=[project.slug])
    notify(WAITS, to=managers, link=link, actor=annotator, project=project.name)


def of_review(review: Review) -> None:
    """Something was said of an answer: tell its annotator, or the reviewers where they said it."""
    answer = review.annotation
    if review.actor_id == answer.annotator_id:
        _tell_reviewers(answer, verb=review.verb)
    elif answer.purpose == Purpose.LABEL and review.verb != Verb.APPROVED:
        event = CAME_BACK if review.verb == Verb.SENT_BACK else REVIEWED
        link = reverse("answer", args=[answer.project.slug, answer.pk])
        about = _about(answer, review.verb)
        notify(event, to=[answer.annotator], link=link, actor=review.actor, **about)


def of_revision(answer: Annotation, before: Annotation) -> None:
    """An answer that had been sent back was corrected: tell who reviewed it."""
    if before.standing == Annotation.Standing.SENT_BACK:
        _tell_reviewers(answer, verb="corrected")
        items.ask(answer)


def _tell_reviewers(answer: Annotation, *, verb: str) -> None:
    thread = Review.objects.filter(annotation__assignment=answer.assignment_id)
    people = User.objects.filter(pk__in=thread.values("actor"))
    link = reverse("label", args=[answer.project.slug, answer.pk])
    notify(REPLIED, to=people, link=link, actor=answer.annotator, **_about(answer, verb))


def _about(answer: Annotation, verb: str) -> dict[str, str]:
    return {"project": answer.project.name, "kind": answer.kind, "verb": verb}
