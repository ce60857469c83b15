"""Prompts put right, as long as nothing has been made of them."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from labeling.conversations import check_messages
from labeling.models import PARTS, Assignment, Prompt, Task
from labeling.queries import PromptQuerySet

Waits = Callable[[int, Collection[int]], bool]  # of a project's key, and of prompts' keys
_waits: list[Waits] = []


def waits(for_prompts: Waits) -> None:
    """Let `for_prompts` say whether a model is about to write for one of some prompts."""
    _waits.append(for_prompts)


def is_editable(prompt: Prompt) -> bool:
    """Whether nothing stands on its text."""
    return not is_used(Prompt.objects.filter(pk=prompt.pk), project=prompt.project_id)


def is_used(prompts: PromptQuerySet, *, project: int) -> bool:
    """Whether anything stands on the text of one of them: a given task, a completion, a sample.

    project: the key of the one that has them all.
    """
    if Assignment.objects.filter(task__prompt__in=prompts).exists():
        return True
    keys = set(prompts.values_list("pk", flat=True))
    if any(waiting(project, keys) for waiting in _waits):
        return True
    relations: list[Any] = [
        field
        for field in Prompt._meta.get_fields(include_hidden=True)
        if field.auto_created and field.one_to_many and field.related_model is not Task
    ]
    found = (
        r.related_model._base_manager.filter(**{f"{r.field.name}__in": prompts}) for r in relations
    )
    return any(rows.exists() for rows in found)


@transaction.atomic
def edit_prompt(
    *, prompt: Prompt, texts: list[str], language: str, use_case: str, by: User
) -> Prompt:
    """Give a prompt other texts, one for each of its messages; its tasks ask the new ones."""
    row = Prompt.objects.select_for_update().get(pk=prompt.pk)
    if row.given:
        text = _(
            "A prompt with tools is not edited here: withdraw it, and import the corrected one."
        )
        raise ConflictError(text)
    # People claim its tasks under their locks: those that wait find a prompt that was edited.
    tasks = list(row.tasks.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if not is_editable(row):
        raise ConflictError(
            _(
                "This prompt has answers, drafts or completions already, so its text stays. "
                "Withdraw it, and import the corrected one."
            )
        )
    messages = [
        {**message, "content": text} for message, text in zip(row.messages, texts, strict=True)
    ]
    row.messages = check_messages(messages)
    row.metadata = {name: said for name, said in row.metadata.items() if name != PARTS}
    row.language, row.use_case = language, use_case
    _save(row)
    _require_kin(row)
    row.tasks.filter(pk__in=[pk for (pk,) in tasks]).update(language=language)
    audit(
        actor=by, action="prompt.edited", target=f"labeling.Prompt:{row.pk}", details=_old(prompt)
    )
    return row


def _save(row: Prompt) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ConflictError(_("The project has this prompt already.")) from error


def _require_kin(row: Prompt) -> None:
    """What belongs together is held out together (docs/decisions/0020)."""
    others = Prompt.objects.filter(project=row.project_id, conversation=row.conversation)
    if others.exclude(split=row.split).exists():
        text = _(
            "Other prompts of this conversation are in the other split: a model would be told "
            "what it is evaluated on."
        )
        raise BadInputError(text, errors={"text": text})


def _old(prompt: Prompt) -> dict[str, Any]:
    return {
        "messages": prompt.messages,
        "language": prompt.language,
        "use_case": prompt.use_case,
    }
