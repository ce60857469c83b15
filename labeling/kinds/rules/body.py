"""What answers to rules are."""

from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from labeling.kinds import textwise
from labeling.kinds.base import Body, unfit
from labeling.kinds.rules.settings import MOST, RulesSettings
from labeling.kinds.rules.template import KNOWN
from labeling.kinds.settings import in_words
from labeling.models import Task

FIELD = "texts"
FOLLOWED, BROKEN, UNSURE = "followed", "broken", "unsure"
WEIGHTS = {FOLLOWED: 0.0, UNSURE: 0.5, BROKEN: 1.0}  # what an answer adds to the broken ones


class TextAnswers(Body):
    """Of one completion: whether it keeps to each rule, by the rule's name."""

    completion: int
    answers: dict[str, Literal["followed", "broken", "unsure"]] = Field(max_length=MOST)


class RulesBody(Body):
    """One for each completion of the task."""

    texts: list[TextAnswers] = Field(max_length=textwise.MOST)


def check_answers(task: Task, body: RulesBody, settings: RulesSettings) -> None:
    """BadInputError unless each text has an answer to each rule."""
    textwise.check_each(task, FIELD, [(one.completion, one.answers) for one in body.texts])
    words = {rule.name: in_words(rule.text, KNOWN) for rule in settings.rules}
    for one in body.texts:
        if missing := [words[name] for name in words if name not in one.answers]:
            raise unfit(FIELD, _("“%(label)s” has no answer yet.") % {"label": missing[0]})
        if one.answers.keys() - words:
            raise unfit(FIELD, _("Only rules of this project can be answered."))


def scores(body: dict[str, Any], settings: RulesSettings) -> dict[int, float]:
    """The fewer broken rules the better; empty where the project makes no order of them."""
    if settings.order == "none":
        return {}
    return {
        one["completion"]: -sum(WEIGHTS[answer] for answer in one["answers"].values())
        for one in body[FIELD]
    }
