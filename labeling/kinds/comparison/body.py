"""What a comparison is."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from labeling.kinds.base import Body, unfit
from labeling.models import Task

STRONGEST = 3


class ComparisonBody(Body):
    """better: the id of the completion that is better by `strength` (1 to 3); None is a tie.

    both_bad: a tie of two that nobody should be shown.
    """

    better: int | None
    strength: int = Field(ge=0, le=STRONGEST)
    both_bad: bool = False


def check_answer(task: Task, body: ComparisonBody) -> None:
    """BadInputError unless it prefers one of the two, or neither."""
    if body.better is None:
        if body.strength:
            raise unfit("strength", _("A tie has no strength."))
        return
    if body.better not in task.completion_ids:
        raise unfit("better", _("This completion does not belong to the task."))
    if not body.strength or body.both_bad:
        raise unfit("strength", _("Say by how much it is better, or that both are bad."))
    if len(set(task.twins)) == 1:
        raise unfit("better", _("Both texts are the same: that is a tie."))


def tiers(body: Mapping[str, Any], pks: Sequence[int]) -> list[list[int]]:
    """The two completions `pks`, the better one first; those that are tied in one tier."""
    better = body["better"]
    if better is None:
        return [list(pks)]
    return [[better], [pk for pk in pks if pk != better]]
