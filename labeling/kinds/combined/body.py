"""What a combined answer is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from labeling.kinds.base import Body, unfit
from labeling.models import Task


class CombinedBody(Body):
    """parts: the answer to each step, by its kind's name, of the form that its kind has.

    presorted: of each step that began with the texts in the order of an earlier one, the ids of
    the completions as they stood then.
    """

    parts: dict[str, dict[str, Any]]
    presorted: dict[str, list[int]] = Field(default_factory=dict)


def check_steps(task: Task, body: CombinedBody, content: Mapping[str, Any]) -> None:
    """BadInputError unless each step has an answer, and the orders are of the task's texts."""
    names = [row["kind"] for row in content["steps"]]
    if body.parts.keys() != set(names):
        raise unfit("parts", _("Each step of the task needs its answer."))
    sortable = set(names[1:]) if content["presorted"] else set()
    if not body.presorted.keys() <= sortable:
        raise unfit("presorted", _("No text stands sorted in this step of the task."))
    if any(sorted(order) != task.completion_ids for order in body.presorted.values()):
        raise unfit("presorted", _("The order in which a step began is not of this task’s texts."))
