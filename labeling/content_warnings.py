"""Prompts that nobody is shown without being asked: set by annotators' reports, managers, files."""

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from labeling.models import WARNED, ContentWarning, Membership, Prompt


def report(prompt_id: int) -> None:
    """Somebody found the prompt, or a text for it, unsafe. What a manager has said stays.

    Waits for nobody: who holds the row edits or withdraws the prompt, and may wait for our task.
    """
    rows = Prompt.objects.filter(pk=prompt_id, content_warning=ContentWarning.NONE)
    free = rows.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
    Prompt.objects.filter(pk__in=list(free)).update(content_warning=ContentWarning.REPORTED)


@transaction.atomic
def decide(*, prompt: Prompt, warn: bool, by: User) -> None:
    """A manager says whether people are warned of the prompt; it holds whatever others report."""
    said = ContentWarning.MARKED if warn else ContentWarning.CLEARED
    changed = Prompt.objects.filter(pk=prompt.pk).exclude(content_warning=said)
    if changed.update(content_warning=said):
        action = "prompt.warned" if warn else "prompt.cleared"
        audit(actor=by, action=action, target=f"labeling.Prompt:{prompt.pk}")


def avoid(*, member: Membership, avoids: bool) -> None:
    """Whether `member` is given no such prompt from now on; what they have begun stays theirs."""
    Membership.objects.filter(pk=member.pk).update(avoids_warned=avoids)


def warned_among(prompt_ids: set[int]) -> set[int]:
    """Those of the prompts that are shown only to who asks to see them."""
    found = Prompt.objects.filter(pk__in=prompt_ids, content_warning__in=WARNED)
    return set(found.values_list("pk", flat=True))


def is_warned_of(content_warning: str) -> bool:
    """Whether a prompt that says so is shown only to who asks to see it."""
    return content_warning in WARNED
