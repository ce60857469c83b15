"""What a dialogue is: all turns, whole, in the order of the conversation."""

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from core.errors import BadInputError, ConflictError
from labeling import exchanges
from labeling.exchanges import MOST_TURNS, STRONGEST, Choice
from labeling.kinds.base import Body
from labeling.models import Assignment, Exchange

Number = Literal[0, 1]


class Reply(Body):
    """What the model wrote. finish_reason: of training.contract.tables."""

    text: str
    finish_reason: Literal["stop", "length"]


class Turn(Body):
    """One exchange. message: of the annotator; empty in the first turn, which the prompt opens.

    replies: by number. first: the one that stood first, as A. better: the one that is better by
    `strength` (1 to 3); None is a tie. both_bad: a tie of two that nobody should be shown.
    """

    message: str
    replies: list[Reply] = Field(min_length=2, max_length=2)
    first: Number
    better: Number | None
    strength: int = Field(ge=0, le=STRONGEST)
    both_bad: bool


class DialogueBody(Body):
    """A whole conversation."""

    turns: list[Turn] = Field(min_length=1, max_length=MOST_TURNS)


class Ending(Body):
    """What a page sends. turns: those with replies that it shows. choice: in the last of them."""

    turns: int
    choice: Choice | None


def complete(assignment: Assignment, body: object) -> object:
    """The conversation as its rows have it, ended by the choice that `body` makes.

    A body as it is stored may be sent too: of it the last choice is read, and nothing else.
    A last message without replies is left out.
    """
    rows = [row for row in exchanges.begun(assignment) if row.is_answered]
    ending = _ending(body, rows)
    if not rows:
        raise BadInputError(_("There are no replies yet, so there is nothing to end."))
    if ending.turns != len(rows):
        raise ConflictError(
            _("The conversation has gone on elsewhere. Load the task again to see it.")
        )
    last = rows[-1].choice
    if last is None:
        if ending.choice is None:
            raise BadInputError(_("Say which reply of the last turn is better."))
        last = exchanges.chosen(rows[-1], ending.choice)
    chosen = [row.choice or {} for row in rows[:-1]] + [last]
    turns = zip(rows, chosen, strict=True)
    return {"turns": [row.as_turn(choice) for row, choice in turns]}


def _ending(body: object, rows: list[Exchange]) -> Ending:
    """What a page sent, or what would have made the stored body that was sent."""
    try:
        return Ending.model_validate(body)
    except ValidationError as error:
        try:
            turns = DialogueBody.model_validate(body).turns
        except ValidationError:
            raise BadInputError(_("The answer does not have the form of this task.")) from error
    letter = None
    if (better := turns[-1].better) is not None and rows:
        letter = "AB"[rows[-1].order.index(better)]
    last = {"strength": turns[-1].strength, "both_bad": turns[-1].both_bad}
    return Ending(turns=len(turns), choice=Choice.model_validate({"better": letter, **last}))
