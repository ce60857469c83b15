"""How gradings are shown: the form, one line, and an answer item by item."""

from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds.grading.body import FIELD, score
from labeling.kinds.textwise import judged, to_judge
from labeling.models import Annotation, Assignment
from labeling.rubric_form import best, met_points


def answers() -> list[dict[str, str]]:
    """Value and word of each answer, in the order of their digits."""
    return [{"value": "yes", "label": _("Met")}, {"value": "no", "label": _("Not met")}]


def context(assignment: Assignment) -> dict[str, Any]:
    """The texts, the items and the answers. Points are not shown: they would say what is wanted."""
    items = [item["text"] for item in assignment.task.prompt.rubric]
    return {"texts": to_judge(assignment), "items": items, "answers": answers()}


def summary(annotation: Annotation) -> str:
    """By the letters that the annotator saw, as in "A 80 % · B -15 %"."""
    items = annotation.task.prompt.rubric
    percents = [
        f"{text['letter']} {100 * score(items, one['met']):.0f} %"
        for text, one in judged(annotation, FIELD)
    ]
    return " · ".join(percents)


def answer(annotation: Annotation) -> dict[str, Any]:
    """Each text with its score, and what was said of each item."""
    items = annotation.task.prompt.rubric
    found = [
        {
            **text,
            "points": met_points(items, one["met"]),
            "percent": round(100 * score(items, one["met"])),
            "lines": [
                {**item, "is_met": is_met} for item, is_met in zip(items, one["met"], strict=True)
            ],
        }
        for text, one in judged(annotation, FIELD)
    ]
    return {"texts": found, "best": best(items)}
