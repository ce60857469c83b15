"""What training reads of a combined answer, and in SQL how much."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from labeling.kinds.base import AnnotationKind, Rows
from labeling.kinds.combined.settings import RANKINGS
from labeling.kinds.combined.steps import Parts
from labeling.kinds.paths import Paths
from labeling.models import Annotation
from labeling.queries import AnnotationQuerySet


def training_rows(steps: Sequence[tuple[AnnotationKind, Annotation]], learned: str) -> Rows:
    """What each step adds; an order of the texts only that of the step `learned`."""
    found: Rows = {}
    for kind, answer in steps:
        for table, rows in kind.training_rows(answer).items():
            if table != RANKINGS or kind.name == learned:
                found.setdefault(table, []).extend({"edited": kind.edits, **row} for row in rows)
    return found


def teaching(
    parts: Parts, tables: Sequence[str], annotations: AnnotationQuerySet, paths: Paths
) -> dict[str, AnnotationQuerySet]:
    """Table -> those of which a step teaches it something; their pairs are those of all steps.

    Each answer is looked up by its key once for each kind: several kinds say in their own SQL what
    their steps teach, and the answer has one row.
    """
    found = {}
    for table in tables:
        pairs: Any = Value(0)
        for part in parts.values():
            if table in part.tables:
                taught = part.teaching(_with(part, paths, table), _within(part, paths))[table]
                one: Any = taught.filter(pk=OuterRef("pk"))
                pairs = pairs + Coalesce(Subquery(one.values("pairs")[:1]), 0)
        found[table] = annotations.annotate(pairs=pairs).exclude(pairs=0)
    return found


def edited(parts: Parts, annotations: AnnotationQuerySet, paths: Paths) -> AnnotationQuerySet:
    """Those of which a step's demonstration is a completion, edited."""
    any_step = Q()
    for part in parts.values():
        found = part.edited(_with(part, paths), _within(part, paths))
        any_step |= Q(Exists(found.filter(pk=OuterRef("pk"))))
    return annotations.filter(any_step)


def _with(part: AnnotationKind, paths: Paths, table: str = "") -> AnnotationQuerySet:
    """The answers that have this step; those alone that are learned from, of RANKINGS."""
    found = Annotation.objects.filter(**{f"{paths.body}__parts__has_key": part.name})
    if table == RANKINGS:
        found = found.filter(**{f"{paths.settings}__learned": part.name})
    return found


def _within(part: AnnotationKind, paths: Paths) -> Paths:
    return Paths(
        body=f"{paths.body}__parts__{part.name}", settings=f"{paths.settings}__{part.name}"
    )
