"""Reads: what is wanted and how far it is, and what was proposed."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from accounts.models import User
    from labeling.models import Membership, Project, Proposal, WantedPrompts  # noqa: F401

IN_HAND = ["waiting", "accepted"]  # the states that make up what is wanted


class WantedPromptsQuerySet(models.QuerySet["WantedPrompts"]):
    """What managers ask for."""

    def asked(self) -> Self:
        """Those that are asked for still."""
        return self.filter(closed_at=None)

    def with_progress(self) -> Self:
        """With `accepted` and `waiting`, how many proposals of theirs are so."""
        return self.annotate(accepted=_of("accepted"), waiting=_of("waiting"))

    def short(self) -> Self:
        """Those of which some are still to be written."""
        return self.asked().with_progress().filter(number__gt=F("accepted") + F("waiting"))

    def given_to(self, member: "Membership") -> Self:
        """Those in the languages that `member` is given."""
        if not member.languages:
            return self
        return self.filter(language__in=["", *member.languages])

    def left_for(self, person: "User", *, projects: list[int]) -> dict[int, int]:
        """project -> how many are still to be written in the languages that `person` is given."""
        members = apps.get_model("labeling", "Membership")._default_manager.filter(user=person)
        given = dict(members.filter(project__in=projects).values_list("project", "languages"))
        left: dict[int, int] = {}
        for one in self.short().filter(project__in=projects):
            if not (chosen := given.get(one.project_id)) or one.language in {"", *chosen}:
                left[one.project_id] = left.get(one.project_id, 0) + one.left
        return left


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals."""

    def waiting(self, project: "Project") -> Self:
        """Those that a reviewer or a manager is to decide on, oldest first."""
        return self.filter(project=project, state="waiting").order_by("pk")

    def of(self, author: "User", project: "Project") -> Self:
        """Somebody's own, but for those that others have taken the place of."""
        return self.filter(author=author, project=project).exclude(state="rewritten")

    def counts(self) -> dict[str, int]:
        """How many there are in each state that is among them."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))

    def mixed(self) -> "models.QuerySet[Proposal, tuple[str, str, str, int]]":
        """(use case, form, state, how many) of those that wait or are accepted."""
        found = self.filter(state__in=IN_HAND).order_by("use_case", "wanted__form")
        return found.values_list("use_case", "wanted__form", "state").annotate(Count("pk"))

    def deciding(self, person: "User", *, is_manager: bool) -> Self:
        """Those that `person` may decide on: a reviewer leaves their own to others."""
        return self if is_manager else self.exclude(Q(author=person))


def _of(state: str) -> Coalesce:
    proposals = apps.get_model("labeling", "Proposal")._default_manager
    found = proposals.filter(wanted=OuterRef("pk"), state=state).order_by()
    counted = found.values("wanted").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
