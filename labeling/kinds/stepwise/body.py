"""What labels of steps are."""

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from core.errors import BadInputError
from labeling.kinds.base import Body, unfit
from labeling.kinds.stepwise.splitting import steps
from labeling.kinds.texts import LONGEST, WrittenText, ids_of
from labeling.models import Task

if TYPE_CHECKING:
    from labeling.kinds.stepwise.settings import StepwiseSettings

RIGHT, NEUTRAL, WRONG = 1, 0, -1


class Step(Body):
    """One step: the code points of the raw text from `start` to before `end`.

    label: 1 right, 0 neutral, -1 wrong, as in PRM800K (Lightman et al. 2023, arXiv 2305.20050);
    None for a step behind the first wrong one, where the project asks for no more.
    rewrite: what should stand there instead; None where nothing was written.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    label: Annotated[int, Field(ge=WRONG, le=RIGHT)] | None
    rewrite: WrittenText | None = None


class StepwiseBody(Body):
    """The steps of a completion, all of them: together they are its text."""

    completion: int
    steps: list[Step] = Field(min_length=1, max_length=LONGEST)


def check_answer(task: Task, body: StepwiseBody, settings: "StepwiseSettings") -> None:
    """BadInputError unless the steps are the text's, and as many are labeled as is asked."""
    if body.completion not in task.completion_ids:
        raise unfit("completion", _("This completion does not belong to the task."))
    if [(step.start, step.end) for step in body.steps] != steps(task.texts[body.completion]):
        raise unfit("steps", _("These are not the steps of the text. Load the task again."))
    asked = len(body.steps)
    if settings.until == "first_error":
        labels = [step.label for step in body.steps]
        asked = labels.index(WRONG) + 1 if WRONG in labels else asked
        if any(step.label is not None for step in body.steps[asked:]):
            raise unfit("steps", _("What follows the first wrong step is not labeled."))
    left = sum(step.label is None for step in body.steps[:asked])
    if left:
        words = ngettext("One step has no label yet.", "%(n)d steps have no label yet.", left)
        raise unfit("steps", words % {"n": left})
    if not settings.may_rewrite and any(step.rewrite is not None for step in body.steps):
        raise unfit("steps", _("This project does not have steps rewritten."))


def by_ids(body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
    """The completion by its id; `labels` in the order of the steps in place of these."""
    text = body.get("completion")
    if not isinstance(text, str):
        return body
    rest = {key: value for key, value in body.items() if key != "labels"}
    if isinstance(labels := body.get("labels"), list) and "steps" not in body:
        found = steps(text)
        if len(labels) != len(found):
            counts = {"steps": len(found), "labels": len(labels)}
            raise BadInputError(
                _("the text has %(steps)s steps, but “labels” has %(labels)s entries") % counts
            )
        rest["steps"] = [
            {"start": start, "end": end, "label": label}
            for (start, end), label in zip(found, labels, strict=True)
        ]
    return {**rest, "completion": ids_of([text], ids)[0]}
