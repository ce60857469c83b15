"""What a person wrote as prompts, erased at their wish."""

from typing import Any

from django.db import transaction

from accounts.models import User
from labeling.editing import is_editable
from labeling.models import Prompt, Proposal

State = Proposal.State
NO_WORDS: dict[str, Any] = {
    "draft": None,
    "body": {},
    "messages": [],
    "likeness": "",
    "use_case": "",
    "state": State.ERASED,
    "prompt": None,
}


def erase_proposals(*, person: User) -> int:
    """Erase every proposal of `person`; how many those were. A second call does what is left.

    A prompt that was made of one goes too, as long as nothing stands on it. Where people or models
    have answered it, it is theirs as well: it stays, and says no more whose it was.
    """
    left = Proposal.objects.filter(author=person).exclude(state=State.ERASED)
    keys = list(left.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        _erase(pk)
    Proposal.objects.filter(decided_by=person).exclude(reason="").update(reason="")
    return len(keys)


@transaction.atomic
def _erase(pk: int) -> None:
    row = Proposal.objects.select_for_update().get(pk=pk)
    prompt_id = row.prompt_id
    Proposal.objects.filter(pk=pk).update(**NO_WORDS)
    if prompt_id is not None:
        _remove(prompt_id)


def _remove(prompt_id: int) -> None:
    prompt = Prompt.objects.select_for_update().get(pk=prompt_id)
    # People claim its tasks under their locks: those that wait find them gone.
    list(prompt.tasks.order_by("pk").select_for_update().values_list("pk"))
    if is_editable(prompt):
        prompt.delete()
