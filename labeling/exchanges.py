"""A live conversation: asked turn by turn, each once, whatever tab or lost answer asks again."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from accounts.models import User
from core.errors import BadInputError, ConflictError, NotFoundError
from core.text import clean_text
from labeling import assigning, slots
from labeling.models import Assignment, Exchange, Project
from registry.models import ModelVersion
from training.contract.tables import STOP

MOST_TURNS = 20
LONGEST = 8_000  # characters of a message
STRONGEST = 3
_SEEDS = random.SystemRandom()


class Choice(BaseModel):
    """Which reply is better, by its letter, and by how much (1 to 3); None is a tie.

    both_bad: a tie of two that nobody should be shown.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    better: Literal["A", "B"] | None
    strength: int = Field(ge=0, le=STRONGEST)
    both_bad: bool = False


def begun(assignment: Assignment) -> list[Exchange]:
    """Its turns so far; of a page that is only tried a sample."""
    if assignment.pk is None:
        return [_sample()]
    return list(assignment.exchanges.order_by("number"))


def kept(turn: Mapping[str, Any]) -> int:
    """The number of the reply from which a conversation goes on: the better one, else A."""
    better = turn["better"]
    return int(turn["first"] if better is None else better)


def then(turns: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was said after the prompt in `turns`, all of which are chosen in."""
    said: list[dict[str, str]] = []
    for number, turn in enumerate(turns):
        if number:
            said.append({"role": "user", "content": turn["message"]})
        said.append({"role": "assistant", "content": turn["replies"][kept(turn)]["text"]})
    return said


def before(turns: Sequence[Mapping[str, Any]], number: int) -> list[dict[str, str]]:
    """What stood between the prompt and the replies of turn `number`."""
    if not number:
        return []
    return [*then(turns[:number]), {"role": "user", "content": turns[number]["message"]}]


def asked_of(exchange: Exchange) -> list[dict[str, str]]:
    """The same for one that is to be answered."""
    rows = exchange.assignment.exchanges.filter(number__lt=exchange.number).order_by("number")
    turns = [row.as_turn(row.choice or {}) for row in rows]
    return before([*turns, {"message": exchange.message}], exchange.number)


def chosen(exchange: Exchange, choice: Choice) -> dict[str, Any]:
    """`choice` by the number of the reply; BadInputError where it does not fit the two."""
    better, strength = choice.better, choice.strength
    if (better is None) != (strength == 0) or (choice.both_bad and better is not None):
        raise BadInputError(_("Say which reply is better and by how much, or that it is a tie."))
    if better is not None and len({reply["text"] for reply in exchange.replies}) == 1:
        raise BadInputError(_("Both texts are the same: that is a tie."))
    number = None if better is None else exchange.order["AB".index(better)]
    return {"better": number, "strength": strength, "both_bad": choice.both_bad}


@transaction.atomic
def ask(
    *,
    assignment_id: int,
    project: Project,
    annotator: User,
    version: ModelVersion,
    number: int,
    message: str,
    choice: Choice | None,
) -> Exchange:
    """Ask `version` for the replies of turn `number`; what was asked already is as it was.

    choice: between the replies of the turn before. One that failed is asked anew. ConflictError
    where another tab has gone on otherwise.
    """
    row = slots.hold(assignment_id)
    if row is None or row.annotator_id != annotator.pk or row.task.project_id != project.pk:
        raise NotFoundError
    if row.state not in Assignment.OPEN:
        raise ConflictError(_("This task is already submitted or skipped."))
    rows = begun(row)
    if number < len(rows):
        return _again(rows, number, message)
    if number > len(rows) or (rows and not rows[-1].is_answered):
        raise ConflictError(_("The conversation is at another turn. Reload the page."))
    message = _checked(number, message)
    if rows:
        if choice is None:
            raise BadInputError(_("Say which reply is better before you go on."))
        rows[-1].choice = chosen(rows[-1], choice)
        rows[-1].save(update_fields=["choice"])
    _keep_slot(row)
    return Exchange.objects.create(
        assignment=row,
        number=number,
        message=message,
        version=version,
        seeds=[_SEEDS.randrange(2**31), _SEEDS.randrange(2**31)],
        swapped=_SEEDS.random() < 0.5,
    )


def answer(*, pk: int, replies: list[dict[str, Any]]) -> None:
    """Store the replies to a turn, unless it has some or the conversation is over."""
    unanswered = Exchange.objects.in_work().exclude(state=Exchange.State.ANSWERED)
    unanswered.filter(pk=pk).update(
        state=Exchange.State.ANSWERED, replies=replies, problem="", answered_at=Now()
    )


def fail(*, pks: Sequence[int], problem: str) -> None:
    """No replies come for these turns, for a reason that their page explains."""
    Exchange.objects.filter(pk__in=pks, state=Exchange.State.WAITING).update(
        state=Exchange.State.FAILED, problem=problem[:40]
    )


def _again(rows: list[Exchange], number: int, message: str) -> Exchange:
    """What was asked already; a failed one waits anew."""
    found = rows[number]
    if number and found.message != message:
        raise ConflictError(
            _("The conversation has gone on elsewhere. Load the task again to see it.")
        )
    if found.state == Exchange.State.FAILED:
        found.state, found.problem = Exchange.State.WAITING, ""
        found.save(update_fields=["state", "problem"])
    return found


def _checked(number: int, message: str) -> str:
    if not number:
        return ""  # the prompt is the first message
    if number >= MOST_TURNS:
        raise ConflictError(_("A conversation has at most %s turns: end it here.") % MOST_TURNS)
    if not message.strip():
        raise BadInputError(_("Write a message first."))
    if len(message) > LONGEST:
        raise BadInputError(
            _("The text is longer than %(limit)d characters: shorten it.") % {"limit": LONGEST}
        )
    return clean_text(message)


def _keep_slot(row: Assignment) -> None:
    """Who goes on holds the task anew."""
    if row.state == Assignment.State.ACTIVE:
        assigning.renew(assignment=row)
    elif row.state == Assignment.State.EXPIRED:
        slots.take(row.task, row)


def _sample() -> Exchange:
    """The first turn of a page that a manager tries."""
    texts = [
        _("Six minutes, from the moment the water boils again. Then put it into cold water."),
        _("An hour."),
    ]
    replies = [{"text": text, "finish_reason": STOP} for text in texts]
    return Exchange(number=0, state=Exchange.State.ANSWERED, replies=replies, swapped=False)
