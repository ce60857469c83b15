"""What training reads of a ranking, and in SQL how much."""

from django.db.models import Func, IntegerField

from labeling.kinds.base import Rows
from labeling.models import Annotation, Completion


def training_rows(annotation: Annotation) -> Rows:
    """One ranking; the unacceptable ones are its last tier."""
    # In the order of their keys: the same labels give the same snapshot.
    completions = sorted(annotation.task.completions.all(), key=lambda each: each.pk)
    position = {completion.pk: i for i, completion in enumerate(completions)}
    body = annotation.body
    tiers = [*body["tiers"], *([body["unacceptable"]] if body["unacceptable"] else [])]
    ranking = {
        "completions": [completion.text for completion in completions],
        "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
        "tiers": [[position[pk] for pk in tier] for tier in tiers],
    }
    return {"rankings": [ranking]}


class StrictPairs(Func):
    """How many pairs of completions the body of a ranking puts into different tiers.

    Training takes the same text once, so this is somewhat more where a model repeats itself. To
    compare the texts as well costs 15 times as much, 0.1 ms a ranking, and pre-flight counts at
    each change of its form.
    """

    template = """(
        SELECT ((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer FROM (
            SELECT jsonb_array_length(tier) AS size FROM jsonb_array_elements(
                (%(expressions)s -> 'tiers')
                || jsonb_build_array(%(expressions)s -> 'unacceptable')
            ) AS tier
        ) AS sizes
    )"""
    output_field = IntegerField()
