"""Orders of texts by a score of each: what they train, how they look, how alike two of them are.

scores: completion id -> its score, the more the better; empty where a kind gives no order.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Func, IntegerField

from labeling.kinds.base import Rows
from labeling.kinds.comparing import Sums
from labeling.kinds.orders import compare as compare_orders
from labeling.kinds.texts import of_people
from labeling.models import Annotation, Completion

Scores = Mapping[int, float]


def tiers(scores: Scores) -> list[list[int]]:
    """Completion ids, the best first; equal scores are tied."""
    found: dict[float, list[int]] = {}
    for pk, score in scores.items():
        found.setdefault(score, []).append(pk)
    return [sorted(found[score]) for score in sorted(found, reverse=True)]


def training_rows(annotation: Annotation, scores: Scores) -> Rows:
    """One ranking, if any two texts differ."""
    ordered = tiers(scores)
    if len(ordered) < 2:
        return {}
    # In the order of their keys: the same labels give the same snapshot.
    completions = sorted(annotation.task.completions.all(), key=lambda each: each.pk)
    position = {completion.pk: place for place, completion in enumerate(completions)}
    row = {
        "completions": [completion.text for completion in completions],
        "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
        "tiers": [[position[pk] for pk in tier] for tier in ordered],
        "human": of_people(completions),
    }
    return {"rankings": [row]}


def pattern(shown: Sequence[int], scores: Scores) -> tuple[int, ...]:
    """The rank of each text of `shown`, 0 the best; empty where there is nothing to order."""
    ranks = sorted(set(scores.values()), reverse=True)
    return tuple(ranks.index(scores[pk]) for pk in shown) if scores and len(shown) > 1 else ()


def compare(one: Scores, other: Scores) -> Sums:
    """What two orders of the same texts add to the figures of labeling.kinds.orders."""
    if len(one) < 2 or len(other) < 2:
        return {}
    places = [{pk: -round(1000 * score) for pk, score in each.items()} for each in (one, other)]
    return compare_orders(*places)


class StrictPairs(Func):
    """How many pairs of completions an answer puts into an order, by its task's settings.

    Arguments: the body, the settings, and what else `reached` reads, under the names of `reads`.
    reached: the score of `one`, one of the body's list `rows`, in SQL; NULL where it has none.
    The same text stands in one tier by rule, but counts here as often as it was written, as in
    rankings.
    """

    template = """(
        SELECT COALESCE(((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer, 0) FROM (
            SELECT COUNT(*) AS size FROM (
                SELECT %(reached)s AS reached
                FROM (SELECT %(expressions)s) AS said(%(reads)s),
                jsonb_array_elements(body -> '%(rows)s') AS one
            ) AS scored WHERE reached IS NOT NULL GROUP BY reached
        ) AS sizes
    )"""
    output_field = IntegerField()

    def __init__(self, *columns: str, rows: str, reached: str, reads: str = "") -> None:
        names = ", ".join(part for part in ("body", "settings", reads) if part)
        super().__init__(*columns, rows=rows, reached=reached, reads=names)
