"""What training reads of a ranking, and in SQL how much."""

from typing import Any

from django.db.models import Func, IntegerField, Value
from django.db.models.fields.json import KT

from labeling.kinds.base import Rows
from labeling.kinds.texts import of_people
from labeling.models import Annotation, Completion
from labeling.queries import AnnotationQuerySet


def training_rows(annotation: Annotation) -> Rows:
    """One ranking; the unacceptable ones are its last tier.

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
    rows: Rows = {"rankings": [ranking]}
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


def teaching(rankings: AnnotationQuerySet) -> dict[str, AnnotationQuerySet]:
    """Those that put any two texts into different tiers, and those with a text of their own."""
    return {
        "rankings": rankings.annotate(pairs=StrictPairs("body")).exclude(pairs=0),
        "demonstrations": rankings.filter(body__has_key="written").annotate(pairs=Value(1)),
    }


def edited(rankings: AnnotationQuerySet) -> AnnotationQuerySet:
    """Those whose own text is a completion, edited."""
    found = rankings.filter(body__has_key="written")
    return found.annotate(original=KT("body__written__original")).filter(original__isnull=False)


class StrictPairs(Func):
    """How many pairs of texts the body of a ranking puts into different tiers.

    A text of the annotator's own is a tier before the others, or one more in the first.

    Training takes the same text once, so this is somewhat more where a model repeats itself. To
    compare the texts as well costs 15 times as much, 0.1 ms a ranking, and pre-flight counts at
    each change of its form.
    """

    template = """(
        SELECT ((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer FROM (
            SELECT jsonb_array_length(tier) AS size FROM jsonb_array_elements(
                CASE %(expressions)s -> 'written' ->> 'tied'
                WHEN 'false' THEN '[[0]]'::jsonb || (%(expressions)s -> 'tiers')
                WHEN 'true' THEN jsonb_insert(%(expressions)s, '{tiers,0,0}', '0') -> 'tiers'
                ELSE %(expressions)s -> 'tiers' END
                || jsonb_build_array(%(expressions)s -> 'unacceptable')
            ) AS tier
        ) AS sizes
    )"""
    output_field = IntegerField()
