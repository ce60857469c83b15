"""What training reads of a rating, and in SQL how much."""

from typing import Any

from django.db.models import Func, IntegerField

from labeling.kinds.base import Rows
from labeling.kinds.rating.body import score
from labeling.kinds.rating.settings import RatingSettings
from labeling.models import Annotation, Completion


def tiers(body: dict[str, Any], settings: RatingSettings) -> list[list[int]]:
    """Completion ids by their scores, the best first; equal ones are tied. None without scores."""
    found: dict[float, list[int]] = {}
    for one in body["ratings"]:
        reached = score(one["scales"], settings)
        if reached is not None:
            found.setdefault(reached, []).append(one["completion"])
    return [sorted(found[reached]) for reached in sorted(found, reverse=True)]


def training_rows(annotation: Annotation, settings: RatingSettings) -> Rows:
    """One ranking by the numbers, if any two texts differ in them."""
    ordered = tiers(annotation.body, settings)
    if len(ordered) < 2:
        return {}
    # In the order of their keys: the same labels give the same snapshot.
    completions = sorted(annotation.task.completions.all(), key=lambda each: each.pk)
    position = {completion.pk: place for place, completion in enumerate(completions)}
    ranking = {
        "completions": [completion.text for completion in completions],
        "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
        "tiers": [[position[pk] for pk in tier] for tier in ordered],
    }
    return {"rankings": [ranking]}


class StrictPairs(Func):
    """How many pairs of completions a rating puts into an order, by its task's settings.

    Arguments: body and settings. The same text stands in one tier by rule, but counts here as
    often as it was written, as in rankings.
    """

    template = """(
        SELECT COALESCE(((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer, 0) FROM (
            SELECT COUNT(*) AS size FROM (
                SELECT CASE settings ->> 'order'
                    WHEN 'first' THEN (one -> 'scales' ->> (jsonb_path_query_first(
                        settings, '$.criteria[*] ? (@.form == "scale").name'
                    ) #>> '{}'))::numeric
                    WHEN 'mean' THEN (
                        SELECT SUM(number::numeric)
                        FROM jsonb_each_text(one -> 'scales') AS given(name, number)
                    )
                END AS reached
                FROM (SELECT %(expressions)s) AS said(body, settings),
                jsonb_array_elements(body -> 'ratings') AS one
            ) AS scored WHERE reached IS NOT NULL GROUP BY reached
        ) AS sizes
    )"""
    output_field = IntegerField()
