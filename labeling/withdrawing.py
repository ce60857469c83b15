"""Prompts that nobody shall be asked about any more, and that taken back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from labeling.models import Prompt, Task


@transaction.atomic
def withdraw_prompt(*, prompt: Prompt, by: User) -> None:
    """Ask about it no more, and train and evaluate on it no more. Labels that it has stay."""
    if not Prompt.objects.in_use().filter(pk=prompt.pk).update(withdrawn_at=timezone.now()):
        raise ConflictError(_("This prompt is withdrawn already. Load it again."))
    prompt.tasks.filter(state=Task.State.OPEN).update(state=Task.State.WITHDRAWN)
    audit(actor=by, action="prompt.withdrawn", target=f"labeling.Prompt:{prompt.pk}")


@transaction.atomic
def restore_prompt(*, prompt: Prompt, by: User) -> int:
    """Use it again: its labels train, rounds may ask about it. Returns its withdrawn tasks.

    Those stay withdrawn, since some may have been before it: the queue opens them again.
    """
    withdrawn = Prompt.objects.exclude(withdrawn_at=None).filter(pk=prompt.pk)
    if not withdrawn.update(withdrawn_at=None):
        raise ConflictError(_("This prompt is in use already. Load it again."))
    audit(actor=by, action="prompt.restored", target=f"labeling.Prompt:{prompt.pk}")
    return prompt.tasks.filter(state=Task.State.WITHDRAWN).count()
