"""What training reads of a ranking, and in SQL how much."""

from typing import Any

from django.db.models import Func, IntegerField, Value
from django.db.models.fields.json import KT

from labeling.kinds.base import Rows
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.texts import of_people
from labeling.models import Annotation, Completion
from labeling.queries import AnnotationQuerySet


def training_rows(annotation: Annotation) -> Rows:
    """One ranking; the unacceptable ones are its last tier. None of a single text, which came in.

    The annotator's own text comes after the completions and is a demonstration as well.
    """
    # In the order of their keys: the same labels give the same snapshot.
    completions = sorted(annotation.task.completions.all(), key=lambda each: each.pk)
    position = {completion.pk: i for i, completion in enumerate(completions)}
    body = annotation.body
    texts = [completion.text for completion in completions]
    finished = [c.finish_reason == Completion.FinishReason.STOP for c in completions]
    tiers = [[position[pk] for pk in tier] for tier in _tiers(body)]
    human = of_people(completions)
    ranking = {"completions": texts, "finished": finished, "tiers": tiers, "human": human}
    rows: Rows = {"rankings": [ranking]} if len(texts) > 1 or "written" in body else {}
    if written := body.get("written"):
        own = len(texts)
        tiers[:1] = [[*tiers[0], own]] if written["tied"] else [[own], *tiers[:1]]
        texts.append(written["text"])
        finished.append(True)
        human.append(own)
        edited = written["original"] is not None
        rows["demonstrations"] = [{"completion": written["text"], "edited": edited}]
    return rows


def _tiers(body: dict[str, Any]) -> list[list[int]]:
    return [*body["tiers"], *([body["unacceptable"]] if body["unacceptable"] else [])]


def teaching(rankings: AnnotationQuerySet, paths: Paths = WHOLE) -> dict[str, AnnotationQuerySet]:
    """Those that put any two texts into different tiers, and those with a text of their own."""
    return {
        "rankings": rankings.annotate(pairs=StrictPairs(paths.body)).exclude(pairs=0),
        "demonstrations": _written(rankings, paths).annotate(pairs=Value(1)),
    }


def edited(rankings: AnnotationQuerySet, paths: Paths = WHOLE) -> AnnotationQuerySet:
    """Those whose own text is a completion, edited."""
    original = KT(f"{paths.body}__written__original")
    return _written(rankings, paths).annotate(original=original).filter(original__isnull=False)


def _written(rankings: AnnotationQuerySet, paths: Paths) -> AnnotationQuerySet:
    return rankings.filter(**{f"{paths.body}__has_key": "written"})


class StrictPairs(Func):
    """How many pairs of texts the body of a ranking puts into different tiers.

    A text of the annotator's own is a tier before the others, or one more in the first.

    Training takes the same text once, so this is somewhat more where a model repeats itself. To
    compare the texts as well costs 15 times as much, 0.1 ms a ranking, and pre-flight counts at
    each change of its form.
    """

    template = """(
        SELECT ((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer FROM (
            SELECT jsonb_array_length(tier) AS size
            FROM (SELECT %(expressions)s) AS said(body), jsonb_array_elements(
                CASE body -> 'written' ->> 'tied'
                WHEN 'false' THEN '[[0]]'::jsonb || (body -> 'tiers')
                WHEN 'true' THEN jsonb_insert(body, '{tiers,0,0}', '0') -> 'tiers'
                ELSE body -> 'tiers' END
                || jsonb_build_array(body -> 'unacceptable')
            ) AS tier
        ) AS sizes
    )"""
    output_field = IntegerField()
