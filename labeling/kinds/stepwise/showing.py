"""How steps are shown: the form, one line, and an answer with its labels."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.kinds.stepwise.body import NEUTRAL, RIGHT, WRONG
from labeling.kinds.stepwise.splitting import steps
from labeling.kinds.texts import LONGEST
from labeling.models import Annotation, Assignment, Completion

if TYPE_CHECKING:
    from labeling.kinds.stepwise.settings import StepwiseSettings


def labels() -> list[dict[str, Any]]:
    """Value, word and keys of each label."""
    return [
        {"value": RIGHT, "label": _("Right"), "sign": "+", "key": "1"},
        {"value": NEUTRAL, "label": _("Neutral"), "sign": "0", "key": "2"},
        {"value": WRONG, "label": _("Wrong"), "sign": "−", "key": "3"},
    ]


def context(assignment: Assignment, settings: "StepwiseSettings") -> dict[str, Any]:
    """The completion in its steps."""
    completion = Completion.objects.get(pk=assignment.shown_order[0])
    return {
        "completion": completion,
        "steps": [
            {
                "start": start,
                "end": end,
                "text": without_end(completion.text[start:end]),
                "trimmed": completion.text[start:end].strip(),
            }
            for start, end in steps(completion.text)
        ],
        "labels": labels(),
        "until": settings.until,
        "may_rewrite": settings.may_rewrite,
        "longest": LONGEST,
    }


def without_end(text: str) -> str:
    """`text` without the blank lines at its end: on the page the next step stands apart anyway."""
    return text.rstrip(" \t\r\n") or text


def first_wrong(body: dict[str, Any]) -> int | None:
    """The first wrong step, counted from 1; None where there is none."""
    found = [number for number, step in enumerate(body["steps"], 1) if step["label"] == WRONG]
    return found[0] if found else None


def summary(annotation: Annotation) -> str:
    """Where the first wrong step is."""
    count, first = len(annotation.body["steps"]), first_wrong(annotation.body)
    if first is None:
        return ngettext("One step, not wrong", "%(n)d steps, none wrong", count) % {"n": count}
    return _("Step %(first)s of %(n)s is wrong") % {"first": first, "n": count}


def answer(annotation: Annotation) -> dict[str, Any]:
    """Each step with its label, and what should stand there instead."""
    texts = {completion.pk: completion.text for completion in annotation.task.completions.all()}
    text = texts[annotation.body["completion"]]
    words = {label["value"]: label for label in labels()}
    found = [
        {
            **step,
            "text": without_end(text[step["start"] : step["end"]]),
            "said": words.get(step["label"]),
        }
        for step in annotation.body["steps"]
    ]
    return {"steps": found, "summary": summary(annotation)}
