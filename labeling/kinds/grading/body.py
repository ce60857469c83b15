"""What a grading is."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from labeling.kinds import textwise
from labeling.kinds.base import Body, unfit
from labeling.kinds.grading.settings import GradingSettings
from labeling.models import Task
from labeling.rubric_form import MOST_ITEMS, Items, best, met_points

FIELD = "texts"


class TextGrading(Body):
    """Of one completion: whether it meets each item of the prompt's rubric, in their order."""

    completion: int
    met: list[bool] = Field(max_length=MOST_ITEMS)


class GradingBody(Body):
    """One for each completion of the task."""

    texts: list[TextGrading] = Field(max_length=textwise.MOST)


def check_gradings(task: Task, body: GradingBody) -> None:
    """BadInputError unless each text has an answer to each item."""
    textwise.check_each(task, FIELD, [(one.completion, one.met) for one in body.texts])
    items: Items = task.prompt.rubric
    for one in body.texts:
        if left := len(items) - len(one.met):
            words = ngettext(
                "One item has no answer yet.", "%(n)d items have no answer yet.", max(left, 1)
            )
            text = _("The rubric has changed. Load the task again.")
            raise unfit(FIELD, words % {"n": left} if left > 0 else text)


def scores(body: dict[str, Any], items: Items, settings: GradingSettings) -> dict[int, float]:
    """What texts are ordered by: their points; empty where the project makes no order of them."""
    if settings.order == "none":
        return {}
    return {one["completion"]: float(met_points(items, one["met"])) for one in body[FIELD]}


def score(items: Items, met: list[bool]) -> float:
    """The points that a text meets, of all positive ones; below 0 where faults outweigh them."""
    return met_points(items, met) / best(items)
