"""What the platform finds out about a rehearsal's raters, and leaving out the unreliable ones."""

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from core import processes
from core.errors import JobFailedError
from labeling import reviewing
from labeling.kinds import kinds
from labeling.models import Annotation, Project
from quality.models import PersonFigures, ProjectFigures, Reliability
from rehearsal.raters import orders, sort_of
from rehearsal.scoring import rounded

LEAST = 0.75  # of the reliability: below it a label would weigh less than half
TRIES = 60  # a computation that beat began may be under way

Row = dict[str, Any]


def measure(project: Project) -> None:
    """Have all figures computed, as beat has it done every minute."""
    labeled = timezone.now()
    for _ in range(TRIES):
        words = [sys.executable, "-m", "quality", str(project.pk)]
        processes.start(words, env=dict(os.environ)).wait()
        found = ProjectFigures.objects.filter(project=project, is_stale=False)
        if found.filter(began_at__gte=labeled, computed_at__gte=labeled).exists():
            return
        time.sleep(1)
    raise JobFailedError("the figures about the raters were not computed")


def people(project: Project, annotators: Sequence[User]) -> list[Row]:
    """Each rater in truth and as found: reliability, agreement, bias."""
    known = {row.person_id: row for row in Reliability.objects.filter(project=project)}
    bodies = dict(PersonFigures.objects.filter(project=project).values_list("person", "body"))
    return [
        {
            "name": annotator.name,
            "truth": sort_of(annotator),
            "reliability": _reliability(known.get(annotator.pk)),
            **_habits(bodies.get(annotator.pk, {})),
        }
        for annotator in annotators
    ]


def _reliability(row: Reliability | None) -> Row | None:
    """With its interval, and the labels behind it."""
    if row is None:
        return None
    numbers = {name: rounded(getattr(row, name)) for name in ("value", "low", "high")}
    return {**numbers, "answers": row.answers, "pairs": row.pairs}


def _habits(body: Row) -> Row:
    """Agreement with the others; how often the first text shown was put first; long texts' odds.

    None where too few labels tell.
    """
    kind = next(
        (kind.name for kind in kinds().values() if orders(kind) and _has(body, kind.name)), ""
    )
    alike: Row = next((row for row in body.get("agreement", []) if row["kind"] == kind), {})
    habit: Row = next((row for row in body.get("habits", []) if row["kind"] == kind), {})
    agreement = alike.get("figures", {}).get("agreement")
    firsts = [row for row in habit.get("places", []) if row["place"] == 1]
    return {
        "agreement": agreement and {**agreement, "n": alike["tasks"]},
        # Texts that are the same are one, so there are several numbers of places.
        "first": _short(max(firsts, key=lambda row: row["n"], default=None)),
        "length": _short(habit.get("length")),
    }


def _has(body: Row, kind: str) -> bool:
    return any(row["kind"] == kind for row in body.get("habits", []))


def _short(row: Row | None) -> Row | None:
    numbers = ("value", "low", "high")
    return row and {**{name: rounded(row[name]) for name in numbers}, "n": row["n"]}


def leave_out(project: Project, annotators: Sequence[User], *, by: User) -> list[User]:
    """Exclude the orders that the unreliable gave, as a reviewer does; those who are left."""
    bad = Reliability.objects.filter(project=project, value__lt=LEAST).values_list(
        "person", flat=True
    )
    names = [kind.name for kind in kinds().values() if orders(kind)]
    answers = Annotation.objects.filter(project=project, annotator__in=bad, kind__in=names)
    for answer in answers.given().order_by("pk"):
        reviewing.exclude(annotation=answer, by=by, text="Found unreliable.", ask_again=False)
    return [annotator for annotator in annotators if annotator.pk not in set(bad)]
