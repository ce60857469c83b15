"""What a ranking is."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from labeling.kinds.base import Body, unfit
from labeling.models import Task


class RankingBody(Body):
    """Completion ids in tiers, best first; those in one tier are tied."""

    tiers: list[list[int]] = Field(max_length=9)
    unacceptable: list[int]


def check_places(task: Task, body: RankingBody) -> None:
    """BadInputError unless each completion has one place, and the same text the same one."""
    if any(not tier for tier in body.tiers):
        raise unfit("tiers", _("A tier is empty."))
    given = Counter(pk for tier in [*body.tiers, body.unacceptable] for pk in tier)
    if twice := [pk for pk, count in given.items() if count > 1]:
        raise unfit("tiers", _("Completion %(id)s has two places.") % {"id": twice[0]})
    asked = set(task.completion_ids)
    if foreign := sorted(given.keys() - asked):
        raise unfit(
            "tiers", _("Completion %(id)s does not belong to the task.") % {"id": foreign[0]}
        )
    if missing := len(asked - given.keys()):
        text = ngettext(
            "One completion has no place yet.",
            "%(count)s completions have no place yet.",
            missing,
        )
        raise unfit("tiers", text % {"count": missing})
    place = {pk: n for n, tier in enumerate([*body.tiers, body.unacceptable]) for pk in tier}
    twins = zip(task.completion_ids, task.twins, strict=True)
    if any(place[pk] != place[twin] for pk, twin in twins):
        raise unfit("tiers", _("The same text stands in two tiers: put it into one of them."))
