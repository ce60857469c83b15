"""What goes with an answer of any kind, beside its body: concerns, and a comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import clean_text
from labeling import content_warnings
from labeling.models import Annotation, Concern
from labeling.review import items

LONGEST_COMMENT: Final = 4000  # characters
DRAFT: Final = "remark"  # where a draft has them, beside what the kind's form keeps in it


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Concerns in the order of `Concern`, each once, and a comment."""

    concerns: Sequence[str] = ()
    comment: str = ""

    @classmethod
    def of(cls, *, concerns: Sequence[str], comment: str) -> "Remark":
        """As it is stored; BadInputError names what is wrong."""
        if not set(concerns) <= set(Concern.values):
            message = _("Choose the concerns from the list.")
            raise BadInputError(message, errors={"concerns": message})
        comment = clean_text(comment, field="comment").strip()
        if len(comment) > LONGEST_COMMENT:
            message = _("The comment is longer than %(most)d characters: shorten it.")
            message %= {"most": LONGEST_COMMENT}
            raise BadInputError(message, errors={"comment": message})
        return cls(concerns=[name.value for name in Concern if name in concerns], comment=comment)


def draft_of(answer: Annotation) -> dict[str, Any]:
    """The draft from which the page makes this answer again."""
    if not answer.concerns and not answer.comment:
        return dict(answer.body)
    return {**answer.body, DRAFT: {"comment": answer.comment, "concerns": answer.concerns}}


def follow(answer: Annotation) -> None:
    """What comes of them: reviewers find the answer in a queue, others are warned of the prompt."""
    if Concern.UNSAFE in answer.concerns:
        content_warnings.report(answer.task.prompt_id)
    if answer.comment:
        items.ask(answer)
    if Concern.NEEDS_EXPERT in answer.concerns:
        items.ask(answer, queue=items.Queue.EXPERT)
    elif answer.concerns:
        items.ask(answer, queue=items.Queue.CONCERNS)
