"""Answers to rules from files: a row for each text."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import quotable
from labeling.formats.base import Label
from labeling.kinds.reading import Readers, Reads, by_text, the_completion
from labeling.kinds.rules.body import FIELD, WEIGHTS
from labeling.kinds.rules.exports import RULE_ANSWERS
from labeling.kinds.rules.settings import RulesSettings


def of_rows(label: Label, ids: Sequence[int], settings: RulesSettings) -> dict[str, Any]:
    """The body of rows of the dataset rule_answers; BadInputError for rules of other projects."""
    names = [rule.name for rule in settings.rules]
    found = []
    for pk, row in by_text(label, ids):
        answers = {rule["name"]: rule["answer"] for rule in row["rules"]}
        if answers.keys() != set(names) or not set(answers.values()) <= WEIGHTS.keys():
            raise BadInputError(
                _(
                    "it answers the rules %(names)s, which are not those of this project. Make"
                    " them the same on the page “Task pages”, and import the file again."
                )
                % {"names": quotable(", ".join(answers), limit=200) or "–"}
            )
        found.append({"completion": pk, "answers": {name: answers[name] for name in names}})
    return {FIELD: found}


READS: Readers = {RULE_ANSWERS: Reads(texts=the_completion, body=of_rows, has_several=True)}
