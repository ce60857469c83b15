"""How rules are shown: the form, one line, and an answer rule by rule."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.kinds.rules.body import BROKEN, FIELD, FOLLOWED, UNSURE
from labeling.kinds.rules.settings import RulesSettings
from labeling.kinds.rules.template import KNOWN
from labeling.kinds.settings import in_words
from labeling.kinds.textwise import judged, to_judge
from labeling.models import Annotation, Assignment


def answers() -> list[dict[str, str]]:
    """Value and word of each answer, in the order of their digits."""
    return [
        {"value": FOLLOWED, "label": _("Followed")},
        {"value": BROKEN, "label": _("Broken")},
        {"value": UNSURE, "label": _("Unsure")},
    ]


def rules(settings: RulesSettings) -> list[dict[str, str]]:
    """The rules in the reader's language, where they are the template's."""
    return [
        {
            "name": rule.name,
            "text": in_words(rule.text, KNOWN),
            "help": in_words(rule.help, KNOWN),
        }
        for rule in settings.rules
    ]


def context(assignment: Assignment, settings: RulesSettings) -> dict[str, Any]:
    """The texts, the rules and the answers."""
    return {"texts": to_judge(assignment), "rules": rules(settings), "answers": answers()}


def summary(annotation: Annotation) -> str:
    """By the letters that the annotator saw, as in "A: 2 broken, 1 unsure · B: none broken"."""
    parts = []
    for text, one in judged(annotation, FIELD):
        said = list(one["answers"].values())
        broken, unsure = said.count(BROKEN), said.count(UNSURE)
        words = _("none broken")
        if broken:
            words = ngettext("%(n)d broken", "%(n)d broken", broken) % {"n": broken}
        if unsure:
            words += ", " + ngettext("%(n)d unsure", "%(n)d unsure", unsure) % {"n": unsure}
        parts.append(f"{text['letter']}: {words}")
    return " · ".join(parts)


def answer(annotation: Annotation, settings: RulesSettings) -> dict[str, Any]:
    """Each text with what was said of each rule, the broken ones first."""
    words = {each["value"]: each["label"] for each in answers()}
    order = [BROKEN, UNSURE, FOLLOWED]
    found = []
    for text, one in judged(annotation, FIELD):
        lines = [
            {**rule, "answer": answer, "said": words[answer]}
            for rule in rules(settings)
            if (answer := one["answers"][rule["name"]])
        ]
        lines.sort(key=lambda line: order.index(line["answer"]))
        found.append({**text, "lines": lines})
    return {"texts": found, "summary": summary(annotation)}
