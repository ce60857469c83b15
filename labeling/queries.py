"""Reads: what the pages, exports and snapshots ask of the labeling tables."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum

from labeling import prompt_metadata
from training.contract.conversations import WITH_TOOLS

if TYPE_CHECKING:
    from accounts.models import User
    from labeling.models import (  # noqa: F401
        Annotation,
        Assignment,
        Exchange,
        Preamble,
        Project,
        Prompt,
        Review,
        Task,
    )

LIVE = ["active", "submitted", "revising"]  # the states of an assignment that hold its slot
ANSWERABLE = ["active", "expired", "revising"]  # in which an answer may be written


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects."""

    def visible_to(self, user: "User") -> Self:
        """The projects that `user` may see: the site admin all, others where they are members."""
        found = self.filter(archived_at=None)
        return found if user.is_superuser else found.filter(memberships__user=user)

    def archived_for(self, user: "User") -> Self:
        """Those that are archived, for the people who may still read them."""
        found = self.exclude(archived_at=None).filter(deletion_asked_at=None)
        if user.is_superuser:
            return found
        return found.filter(memberships__user=user, memberships__role__in=["reviewer", "manager"])


class PromptQuerySet(models.QuerySet["Prompt"]):
    """Prompts."""

    def in_use(self) -> Self:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def withdrawn(self) -> Self:
        """The others."""
        return self.exclude(withdrawn_at=None)

    def with_system_turn(self) -> Self:
        """Those that begin with a system message, which some chat templates refuse."""
        return self.filter(messages__0__role="system")

    def with_tools(self) -> Self:
        """Those that offer tools or hold results of them, which most chat templates leave out."""
        offers = Q(given__startswith=WITH_TOOLS)
        return self.filter(offers | Q(messages__contains=[{"role": "tool"}]))

    def with_rubric(self) -> Self:
        """Those that have one."""
        return self.exclude(rubric=[])

    def with_author(self) -> Self:
        """With the proposal, and its author, that each was made of, if it was."""
        return self.select_related("proposal__author", "proposal__wanted")

    def with_metadata(self, asked: str) -> Self:
        """Those of whom a file said so: "key = value", or "key" for any value."""
        return self.filter(prompt_metadata.condition(asked))

    def containing(self, text: str) -> Self:
        """Those whose last message contains `text`, whatever its case."""
        return self.filter(**{"messages__-1__content__icontains": text})


class PreambleQuerySet(models.QuerySet["Preamble"]):
    """Versions of what projects put before their prompts."""

    def newest(self, project: "Project") -> "Preamble | None":
        """The last version; None where there was never one."""
        return self.filter(project=project).order_by("-number").first()

    def in_force(self, project: "Project") -> "Preamble | None":
        """The same; None too where it puts nothing before a prompt."""
        newest = self.newest(project)
        return newest if newest and newest.messages else None


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks."""

    def drawn(self) -> Self:
        """Those drawn at random: what they say holds for all prompts, unlike what was chosen."""
        return self.filter(is_chosen=False)

    def claimable_by(self, annotator: "User") -> Self:
        """What `annotator` may be given next, most urgent first."""
        return self.open_to(annotator).given_to(annotator)

    def open_to(self, annotator: "User") -> Self:
        """Open tasks with a free slot that `annotator` has not had, most urgent first.

        Without those that show a text of theirs.
        """
        return (
            self.filter(state="open", free_slots__gt=0)
            .exclude(authors__contains=[annotator.pk])
            .exclude(assignments__annotator=annotator)  # NOT EXISTS
            .order_by(F("priority").desc(), "turn", "pk")
        )

    def given_to(self, annotator: "User | models.OuterRef") -> Self:
        """Those of the kinds and in the languages that `annotator` is given and has chosen.

        Without prompts with a content warning, where they want to see none.
        """
        membership = apps.get_model("labeling", "Membership")  # whose module needs this one
        members = membership._default_manager.filter(project=OuterRef("project"), user=annotator)
        other = Q()
        for chosen, of in (("kinds", "kind"), ("languages", "language")):
            for name in (chosen, f"chosen_{chosen}"):
                other |= ~Q(**{name: []}) & ~Q(**{f"{name}__contains": [OuterRef(of)]})
        avoid = Exists(members.filter(avoids_warned=True))
        found = self.exclude(Exists(members.filter(other)))
        return found.exclude(avoid, prompt__content_warning__in=["reported", "marked"])

    def turn_reached(self, project: "Project", *, priority: int) -> int:
        """The turn of the first task of `priority` that is still to be taken; 0 without one."""
        left = self.filter(project=project, priority=priority, state="open", free_slots__gt=0)
        return left.order_by("turn").values_list("turn", flat=True).first() or 0

    def counts_by_kind(self) -> dict[str, int]:
        """How many there are of each kind that is among them."""
        rows = self.order_by().values_list("kind").annotate(Count("pk"))
        return dict(rows)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments."""

    def live(self) -> Self:
        """Those that hold a slot."""
        return self.filter(state__in=LIVE, slot__gt=0)

    def in_work(self, annotator: "User") -> Self:
        """What `annotator` has begun and not ended, oldest first; then what they correct."""
        states = ["active", "revising"]
        begun = self.filter(annotator=annotator, state__in=states).exclude(purpose="decision")
        return begun.order_by("state", "pk")

    def resumable_by(self, annotator: "User") -> Self:
        """What `annotator` may take up again: its lease ran out, a slot is free. Newest first."""
        return self.filter(
            annotator=annotator, state="expired", task__state="open", task__free_slots__gt=0
        ).order_by("-pk")

    def skipped(self, project: "Project") -> Self:
        """What people left in `project`, newest first, with what a list of it shows."""
        return (
            self.filter(task__project=project, state="skipped")
            .select_related("task__prompt", "annotator")
            .order_by("-lease_until", "-pk")
        )


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations."""

    def counted(self) -> Self:
        """Labels and decisions that count: snapshots, exports and pre-flight take these."""
        return self.filter(standing="counts", purpose__in=["label", "decision", "imported"])

    def given(self) -> Self:
        """People's own judgments: labels that count, and would but for a reviewer's decision.

        They fill the slots of tasks, and agreement is between them.
        """
        return self.filter(standing__in=["counts", "overruled"], purpose="label")

    def drawn(self) -> Self:
        """Those to tasks that were drawn at random: figures about people are of these."""
        return self.filter(task__is_chosen=False)

    def votes(self) -> Self:
        """The votes on models that count: no labels, so nothing is trained on them."""
        return self.filter(standing="counts", purpose="verdict")

    def decisions(self) -> Self:
        """The one of a task that counts instead of all others."""
        return self.filter(purpose="decision", standing="counts")

    def concerned(self, concern: str = "") -> Self:
        """Those that came with this concern; "": with any."""
        found = self.exclude(concerns=[])  # the condition of their index
        return found.filter(concerns__contains=[concern]) if concern else found

    def newest(self) -> Self:
        """Without those that a correction has replaced."""
        return self.exclude(standing="superseded")

    def within_round(self, project: "Project", number: int) -> Self:
        """Not those before the first or after the last answer of that round.

        That leaves others among them; but of somebody's answers few are read to find those of it.
        """
        of_round = self.model.objects.filter(project=project, round_number=number)
        first, last = (
            Subquery(of_round.order_by(order).values("pk")[:1]) for order in ("pk", "-pk")
        )
        return self.filter(pk__gte=first, pk__lte=last)

    def with_content(self) -> Self:
        """With all that a kind's rows and summary read, in two queries."""
        found = self.select_related("task__prompt", "task__settings")
        return found.prefetch_related("task__completions")

    def loaded(self) -> list["Annotation"]:
        """All of them, as `with_content`; answers to one task share it, in three queries."""
        found = list(self)
        tasks = apps.get_model("labeling", "Task")._default_manager
        content = tasks.select_related("prompt", "settings")
        shared = content.prefetch_related("completions").in_bulk({one.task_id for one in found})
        for one in found:
            one.task = shared[one.task_id]
        return found

    def active_seconds(self) -> int:
        """The time that people worked on them."""
        return int(self.aggregate(total=Sum("active_seconds"))["total"] or 0)


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Turns of live conversations."""

    def waiting(self, version: int) -> Self:
        """Those that the model `version` is to reply to."""
        return self.in_work().filter(state="waiting", version=version).order_by("pk")

    def in_work(self) -> Self:
        """Those of answers that are not given yet."""
        return self.filter(assignment__state__in=ANSWERABLE)

    def for_reply(self) -> Self:
        """With what a model is told of them."""
        return self.select_related("assignment__task__prompt", "assignment__task__preamble")


class ReviewQuerySet(models.QuerySet["Review"]):
    """What reviewers did about answers."""

    def thread(self, annotation: "Annotation") -> Self:
        """All that was said of an answer and of what it corrects, oldest first."""
        return (
            self.filter(annotation__assignment=annotation.assignment_id)
            .select_related("actor")
            .order_by("pk")
        )

    def sent_back(self, assignment: "Assignment") -> "Review | None":
        """Why the answer to `assignment` is back with its annotator; None: they opened it again."""
        found = self.filter(
            annotation__assignment=assignment,
            annotation__standing="sent_back",
            verb="sent_back",
        )
        return found.order_by("-pk").first()

    def unseen_by(self, annotator: "User") -> Self:
        """What others did about the answers of `annotator` since they last looked."""
        found = self.filter(annotation__annotator=annotator, seen_at=None)
        return found.exclude(actor=annotator).exclude(verb="approved")  # nothing to do about it
