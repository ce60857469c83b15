"""What a stored reliability means for training, and beside names; loads no NumPy."""

from typing import ClassVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from labeling.models import Annotation, Project, Purpose
from labeling.review import Beside
from quality import showing
from quality.models import Reliability

TASKS = 10_000  # the newest that several did: reliability is of now, and soon computed
FIGURES = ("value", "low", "high", "answers", "gold", "pairs", "computed_at")
UNKNOWN = 0.8  # of somebody who was never compared with others or gold: the mean of the prior


def weight(reliability: float) -> float:
    """How much a label counts: 1 for certain, 0 for chance or worse.

    2 eta - 1 is the expected sign of a vote, and the weight of Li and Yu 2014 (1411.4086); the
    best one for votes, log(eta / (1 - eta)) (Nitzan and Paroush 1982), is twice that near 1/2 and
    has no bound near 1.
    """
    return round(max(0.0, 2 * reliability - 1), 4)


def look_up(people: QuerySet[User], project: Project) -> QuerySet[User]:
    """The people with what `of` reads, by the query that they are read by."""
    rows = Reliability.objects.filter(project=project, person=OuterRef("pk"))
    figures = JSONObject(**{name: name for name in FIGURES})
    return people.annotate(reliability=Subquery(rows.values(found=figures)))


def of(person: User) -> Reliability | None:
    """Of somebody whom `look_up` has read; None where nobody's answers can be compared."""
    if (figures := getattr(person, "reliability", None)) is None:
        return None
    at = parse_datetime(figures["computed_at"])
    return Reliability(**{**figures, "computed_at": at})


class BesideNames(Beside):
    """The figure with its interval, beside the people whose answers are reviewed."""

    help: ClassVar[Promise] = gettext_lazy(
        "Beside the names: how reliably they order texts, with the 95-percent interval. 1 follows "
        "the order that all answers together suggest, 0.5 is chance, 0 turns it round."
    )

    def look_up(self, people: QuerySet[User], project: Project) -> QuerySet[User]:
        return look_up(people, project)

    def words(self, person: User) -> str:
        if (found := of(person)) is None or not found.is_enough:
            return ""
        ends = {n: showing.written(getattr(found, n), "mean") for n in ("value", "low", "high")}
        return _("%(value)s (%(low)s to %(high)s)") % ends


class Weights:
    """How much each label of a project counts, by what is known of its annotator now."""

    def __init__(self, project: Project) -> None:
        rows = Reliability.objects.filter(project=project)
        self._of = {row.person_id: weight(row.value) for row in rows}

    def of(self, annotation: Annotation) -> float:
        """A decision counts in full: a reviewer took it for all."""
        if annotation.purpose == Purpose.DECISION:
            return 1.0
        return self._of.get(annotation.annotator_id, weight(UNKNOWN))
