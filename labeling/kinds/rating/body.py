"""What a rating is."""

from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext as _
from pydantic import Field

from labeling.kinds.base import Body, unfit
from labeling.kinds.rating.settings import BEST, MOST, RatingSettings
from labeling.models import Task


class TextRating(Body):
    """Of one completion: the number of each scale, by its name, and the flags that are set."""

    completion: int
    scales: dict[str, int] = Field(max_length=MOST)
    flags: list[str] = Field(max_length=MOST)


class RatingBody(Body):
    """One for each completion of the task."""

    ratings: list[TextRating] = Field(max_length=9)


def check_ratings(task: Task, body: RatingBody, settings: RatingSettings) -> None:
    """BadInputError unless each completion has each scale, and the same text the same rating."""
    given = Counter(one.completion for one in body.ratings)
    if set(given) != set(task.completion_ids) or max(given.values()) > 1:
        raise unfit("ratings", _("Each text of the task needs one rating."))
    for one in body.ratings:
        _check_criteria(one, settings)
    of = {one.completion: (one.scales, set(one.flags)) for one in body.ratings}
    twins = zip(task.completion_ids, task.twins, strict=True)
    if any(of[pk] != of[twin] for pk, twin in twins):
        raise unfit("ratings", _("The same text has two ratings: give it one."))


def _check_criteria(one: TextRating, settings: RatingSettings) -> None:
    labels = {each.name: each.label for each in settings.scales}
    if missing := [labels[name] for name in labels if name not in one.scales]:
        raise unfit("ratings", _("“%(label)s” has no number yet.") % {"label": missing[0]})
    if one.scales.keys() - labels or not all(1 <= n <= BEST for n in one.scales.values()):
        raise unfit(
            "ratings", _("A number from 1 to 7 is needed for each scale, and for no other.")
        )
    known = {each.name for each in settings.flags}
    if len(set(one.flags)) < len(one.flags) or not set(one.flags) <= known:
        raise unfit("ratings", _("Only flags of this project can be set, each once."))


def score(scales: Mapping[str, int], settings: RatingSettings) -> float | None:
    """What a text is ordered by, the more the better; None where ratings give no order."""
    names = [each.name for each in settings.scales]
    if settings.order == "none" or not names:
        return None
    if settings.order == "mean":
        return sum(scales[name] for name in names) / len(names)
    return float(scales[names[0]])
