"""Changing what a project puts before its prompts: each change is a version of its own."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from core.text import clean_text
from labeling.given import Message
from labeling.models import Preamble, Project

LONGEST = 32_000  # characters of a message
MOST_EXEMPLARS = 20
Exemplar = tuple[str, str]  # what the user says, and what the assistant says


@transaction.atomic
def change(
    *,
    project: Project,
    system: str,
    exemplars: Sequence[Exemplar],
    by: User | None,
    newest: int | None = None,
) -> Preamble | None:
    """Store a new version; what stands in the newest already, and nothing at first, makes none.

    Rounds that are open keep the one that they were opened with. Returns the newest version.
    newest: the number of the newest one when the change began, 0 where there was none;
    ConflictError where there is a newer one by now. None: whatever stands there is replaced.
    BadInputError names what cannot be taken: `system`, or the number of an exemplar.
    """
    messages = messages_of(system, exemplars)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = Preamble.objects.newest(project)
    if messages == (last.messages if last else []):
        return last
    if newest is not None and newest != (last.number if last else 0):
        raise ConflictError(
            _(
                "Somebody has stored a version meanwhile: look at it below. What you wrote still "
                "stands here; saved again, it takes that version's place."
            )
        )
    made = Preamble.objects.create(
        project=project, number=last.number + 1 if last else 1, messages=messages, created_by=by
    )
    details = {"version": made.number}
    target = f"labeling.Project:{project.pk}"
    audit(actor=by, action="preamble.changed", target=target, details=details)
    return made


def messages_of(system: str, exemplars: Sequence[Exemplar]) -> list[Message]:
    """As messages; an empty system message and empty exemplars are left out."""
    errors: dict[str, str] = {}
    found: list[Message] = []
    if system.strip():
        found.append({"role": "system", "content": _text(system, "system", errors)})
    if len(exemplars) > MOST_EXEMPLARS:
        raise BadInputError(_("At most %(most)s exemplars.") % {"most": MOST_EXEMPLARS})
    for number, pair in enumerate(exemplars):
        if not any(text.strip() for text in pair):
            continue
        for role, text in zip(("user", "assistant"), pair, strict=True):
            found.append({"role": role, "content": _text(text, str(number), errors)})
    if errors:
        raise BadInputError(next(iter(errors.values())), errors=errors)
    return found


def _text(text: str, name: str, errors: dict[str, str]) -> str:
    if not text.strip():
        errors[name] = _("An exemplar needs both: what the user says, and the answer.")
    elif len(text) > LONGEST:
        errors[name] = _("Longer than %(most)s characters.") % {"most": LONGEST}
    else:
        try:
            return clean_text(text)
        except BadInputError as error:
            errors[name] = error.message
    return ""
