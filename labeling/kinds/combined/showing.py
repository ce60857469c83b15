"""How combined tasks and answers are shown: what each step shows, one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from labeling.kinds.base import AnnotationKind, Wrote
from labeling.kinds.combined.steps import Step
from labeling.models import Annotation, Assignment

Steps = Sequence[tuple[AnnotationKind, Annotation]]


def context(
    assignment: Assignment, steps: Sequence[Step], content: Mapping[str, Any]
) -> dict[str, Any]:
    """The steps with form and keys, each drawn by its own templates in a context of its own."""
    drawn = []
    for step in steps:
        own = step.assignment(assignment)
        given = {
            "assignment": own,
            "task": step.task,
            "prompt": step.task.prompt,
            "kind": step.kind,
            **step.kind.context(own),
        }
        drawn.append(
            {
                "kind": step.kind,
                "form": render_to_string(step.kind.form, given),
                "keys": render_to_string(step.kind.keys, given),
            }
        )
    return {"steps": drawn, "presorts": content["presorted"]}


def summary(steps: Steps) -> str:
    """What each step's kind says, after its name."""
    return " | ".join(
        _("{kind}: {what}").format(kind=kind.label, what=kind.summary(answer))
        for kind, answer in steps
    )


def answer_context(steps: Steps) -> dict[str, Any] | None:
    """What each step's kind shows within the texts, and of the others their lines."""
    rows = [(kind, kind.answered(answer), kind.summary(answer)) for kind, answer in steps]
    return {"steps": rows} if any(answered for _kind, answered, _said in rows) else None


def written(steps: Steps) -> Wrote | None:
    """The first text that was written in a step."""
    texts = [wrote for kind, answer in steps if (wrote := kind.written(answer))]
    if not texts:
        return None
    return Wrote(text=texts[0].text, original=texts[0].original, whole=False)
