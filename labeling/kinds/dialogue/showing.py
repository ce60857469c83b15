"""How a dialogue is shown: while it is held, and when it is read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.exchanges import LONGEST, MOST_TURNS, begun, kept
from labeling.models import Annotation, Assignment, Exchange
from training.contract.tables import LENGTH

LETTERS = "AB"
TOO_LONG, REFUSED = UNFIT = "too_long", "refused"  # of training.prompts: to ask again helps nobody


def context(assignment: Assignment) -> dict[str, Any]:
    """The turns before, the one that is the annotator's to judge, and what comes next."""
    rows = begun(assignment)
    steps = [
        (-3, _("A much better")),
        (-2, _("A better")),
        (-1, _("A slightly better")),
        (0, _("Tie")),
        (1, _("B slightly better")),
        (2, _("B better")),
        (3, _("B much better")),
    ]
    return {
        "turns": [turn(row.as_turn(row.choice or {})) for row in rows[:-1]],
        "number": -1,
        **(_current(rows[-1]) if rows else {}),
        "steps": [
            {"value": value, "label": label, "key": key}
            for key, (value, label) in enumerate(steps, 1)
        ],
        "longest": LONGEST,
        "is_last": len(rows) >= MOST_TURNS,
        "most_turns": MOST_TURNS,
        "is_tried": assignment.pk is None,
    }


def turn(said: Mapping[str, Any]) -> dict[str, Any]:
    """One that is chosen in: the replies as they were seen, in words what was chosen."""
    order = [said["first"], 1 - said["first"]]
    went_on = kept(said)
    return {
        "message": said["message"],
        "replies": [
            _side(letter, said["replies"][number]) | {"is_kept": number == went_on}
            for letter, number in zip(LETTERS, order, strict=True)
        ],
        "chosen": _chosen(said, order),
    }


def summary(annotation: Annotation) -> str:
    """As in "4 turns, one reply better in 3"."""
    turns = annotation.body["turns"]
    preferred = sum(said["better"] is not None for said in turns)
    text = ngettext(
        "%(turns)s turn, one reply better in %(preferred)s",
        "%(turns)s turns, one reply better in %(preferred)s",
        len(turns),
    )
    return text % {"turns": len(turns), "preferred": preferred}


def shown(annotation: Annotation) -> list[tuple[str, str]]:
    """Each reply after its turn and letter."""
    return [
        (f"{number} {reply['letter']}", reply["text"])
        for number, said in enumerate(annotation.body["turns"], 1)
        for reply in turn(said)["replies"]
    ]


def answer(annotation: Annotation) -> dict[str, Any]:
    """What answer.html needs."""
    turns = [turn(said) for said in annotation.body["turns"]]
    return {"turns": turns, "summary": summary(annotation)}


def has_bad(body: Mapping[str, Any]) -> bool:
    """Whether both replies of a turn are bad."""
    return any(said["both_bad"] for said in body["turns"])


def _current(exchange: Exchange) -> dict[str, Any]:
    """The turn that is the annotator's to judge, or that waits."""
    order = exchange.order if exchange.is_answered else []
    pairs = zip(LETTERS, order, strict=False)
    return {
        "current": exchange,
        "number": exchange.number,
        "sides": [_side(letter, exchange.replies[number]) for letter, number in pairs],
        "same": len({reply["text"] for reply in exchange.replies}) == 1,
        "problem": _problem(exchange),
        "may_ask_again": exchange.problem not in UNFIT,
    }


def _side(letter: str, reply: Mapping[str, Any]) -> dict[str, Any]:
    cut = reply["finish_reason"] == LENGTH
    return {"letter": letter, "text": reply["text"], "is_cut": cut}


def _chosen(said: Mapping[str, Any], order: list[int]) -> str:
    if said["both_bad"]:
        return _("Both are bad")
    if said["better"] is None:
        return _("Tie")
    words = [_("%s is slightly better"), _("%s is better"), _("%s is much better")]
    return str(words[said["strength"] - 1] % LETTERS[order.index(said["better"])])


def _problem(exchange: Exchange) -> str:
    """Why there are no replies, and what to do."""
    if exchange.state != Exchange.State.FAILED:
        return ""
    if exchange.problem == TOO_LONG:
        if not exchange.number:
            return _("This prompt is too long for the model: skip the task.")
        return _("The conversation is too long for the model: end it here.")
    if exchange.problem == REFUSED:
        return _("The model cannot take a conversation like this one: end it here, or skip it.")
    return _(
        "The model could not reply. Ask again; if that fails too, tell a manager: the list of jobs "
        "says why."
    )
