"""Agreement below a bound: a manager chooses it, the process of the figures looks, people are told.

It is the newest round that is judged: in the figure of all rounds a fall would drown. Below is what
lies there with its whole 95 % interval, which takes quality.known.ENOUGH tasks; it has recovered
when the figure itself reaches the bound. Between the two nothing changes, so nobody hears twice of
one fall.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.kinds.comparing import Figure
from labeling.models import Project
from quality import told
from quality.models import AgreementBound, ProjectFigures

Row = Mapping[str, Any]


def alpha(kind: AnnotationKind) -> Figure | None:
    """The figure of `kind` that a bound is for: its alpha; texts have none."""
    of = {figure.form: figure for figure in reversed(kind.agreement)}
    return of.get("ordinal") or of.get("chance")


@transaction.atomic
def choose(*, project: Project, kind: str, bound: float | None, by: User) -> None:
    """Tell managers from now on when `kind` falls below `bound`; None: tell nobody."""
    if kind not in kinds() or alpha(kinds()[kind]) is None:
        raise BadInputError(_("This kind of answers has no figure that a bound could be for."))
    if bound is not None and not 0 < bound < 1:
        text = _("Choose a number between 0 and 1, as 0.4.")
        raise BadInputError(text, errors={"bound": text})
    rows = AgreementBound.objects.select_for_update().filter(project=project, kind=kind)
    before = rows.first()
    if (before.bound if before else None) == bound:
        return
    if bound is None:
        rows.delete()
    else:
        AgreementBound.objects.update_or_create(
            project=project, kind=kind, defaults={"bound": bound, "fell_at": None}
        )
        ProjectFigures.objects.filter(project=project).update(is_stale=True)  # so it is looked soon
    details = {"kind": kind, "bound": bound}
    audit(
        actor=by, action="agreement.bound", target=f"labeling.Project:{project.pk}", details=details
    )


@transaction.atomic
def look(project_id: int, groups: Iterable[Row]) -> None:
    """Compare new figures with the project's bounds, and tell of each that fell."""
    rounds = [row for row in groups if row["by"] == "round"]
    for row in AgreementBound.objects.select_for_update().filter(project=project_id):
        found = _newest(row.kind, rounds)
        if found is None:
            continue
        round_number, tasks, figure = found
        if row.fell_at is None and figure["high"] < row.bound:
            row.fell_at = timezone.now()
            row.save(update_fields=["fell_at"])
            told.agreement_fell(row, round_number=round_number, tasks=tasks, figure=figure)
        elif row.fell_at is not None and figure["value"] >= row.bound:
            row.fell_at = None
            row.save(update_fields=["fell_at"])


def _newest(name: str, rounds: Iterable[Row]) -> tuple[int, int, Mapping[str, float]] | None:
    """Number, tasks and alpha of the newest round with enough answers of this kind."""
    figure = alpha(kinds()[name]) if name in kinds() else None
    if figure is None:
        return None
    found = [
        (int(row["value"]), row["tasks"], row["figures"][figure.name])
        for row in rounds
        if row["kind"] == name and figure.name in row["figures"]
    ]
    return max(found, key=lambda each: each[0], default=None)
