"""What a rating is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from labeling.kinds import textwise
from labeling.kinds.base import Body, unfit
from labeling.kinds.rating.settings import BEST, MOST, RatingSettings
from labeling.models import Task

FIELD = "ratings"


class TextRating(Body):
    """Of one completion: the number of each scale, by its name, and the flags that are set."""

    completion: int
    scales: dict[str, int] = Field(max_length=MOST)
    flags: list[str] = Field(max_length=MOST)


class RatingBody(Body):
    """One for each completion of the task."""

    ratings: list[TextRating] = Field(max_length=textwise.MOST)


def check_ratings(task: Task, body: RatingBody, settings: RatingSettings) -> None:
    """BadInputError unless each completion has each scale, and the same text the same rating."""
    given = [(one.completion, (one.scales, set(one.flags))) for one in body.ratings]
    textwise.check_each(task, FIELD, given)
    for one in body.ratings:
        _check_criteria(one, settings)


def _check_criteria(one: TextRating, settings: RatingSettings) -> None:
    labels = {each.name: each.label for each in settings.scales}
    if missing := [labels[name] for name in labels if name not in one.scales]:
        raise unfit(FIELD, _("“%(label)s” has no number yet.") % {"label": missing[0]})
    if one.scales.keys() - labels or not all(1 <= n <= BEST for n in one.scales.values()):
        raise unfit(
            "ratings", _("A number from 1 to 7 is needed for each scale, and for no other.")
        )
    known = {each.name for each in settings.flags}
    if len(set(one.flags)) < len(one.flags) or not set(one.flags) <= known:
        raise unfit(FIELD, _("Only flags of this project can be set, each once."))


def scores(body: dict[str, Any], settings: RatingSettings) -> dict[int, float]:
    """What texts are ordered by, the more the better; empty where ratings give no order."""
    if settings.order == "none" or not settings.scales:
        return {}
    return {one["completion"]: _score(one["scales"], settings) for one in body["ratings"]}


def _score(scales: Mapping[str, int], settings: RatingSettings) -> float:
    names = [each.name for each in settings.scales]
    if settings.order == "mean":
        return sum(scales[name] for name in names) / len(names)
    return float(scales[names[0]])
