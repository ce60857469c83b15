"""Deciding on proposals: accepted ones become prompts of the project, others go back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from core.text import clean_text
from labeling.conversations import check_messages
from labeling.models import PARTS, Project, Prompt, Proposal
from labeling.prompt_files import PromptRow
from labeling.proposals import telling
from labeling.proposals.shapes import Messages
from labeling.splitting import Kin
from notices.services import notify

SOURCE = "labeler"  # of the prompts, as InstructGPT has it (arXiv 2203.02155, table 6)
LONGEST_REASON = 4000  # characters
State = Proposal.State


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What became of proposals that were accepted together. known: were prompts already, so that
    they still wait; gone: did not wait any more.
    """

    accepted: list[Proposal] = field(default_factory=list)
    known: list[Proposal] = field(default_factory=list)
    gone: int = 0


@transaction.atomic
def accept(*, project: Project, proposals: Iterable[int], by: User) -> Decided:
    """Make prompts of those that wait, each as it was proposed; tell their authors."""
    keys = set(proposals)
    rows = list(_waiting(project, keys))
    kin = Kin(project, [_row(row, row.messages) for row in rows])
    decided = Decided(gone=len(keys) - len(rows))
    for row in rows:
        done = _accept(row, row.messages, kin, by=by)
        (decided.accepted if done else decided.known).append(row)
    _tell(project, decided.accepted, by=by)
    return decided


@transaction.atomic
def accept_edited(*, proposal: Proposal, texts: list[str], by: User) -> Proposal:
    """Make a prompt of it with other texts, one for each message; what was proposed stays too."""
    row = _one(proposal)
    messages = check_messages(
        [{**old, "content": text} for old, text in zip(row.messages, texts, strict=True)]
    )
    if not _accept(row, messages, Kin(row.project, [_row(row, messages)]), by=by):
        raise ConflictError(_("The project has this prompt already: return it, or edit it."))
    _tell(row.project, [row], by=by)
    return row


@transaction.atomic
def return_to_author(*, proposal: Proposal, reason: str, by: User) -> Proposal:
    """Ask its author to write it anew, and say why."""
    reason = clean_text(reason.strip(), limit=LONGEST_REASON, field="reason")
    if not reason:
        text = _("Say why, so that its author can write it anew.")
        raise BadInputError(text, errors={"reason": text})
    row = _one(proposal)
    row.state, row.reason = State.RETURNED, reason
    _save(row, by=by)
    link = reverse("proposal", args=[row.project.slug, row.pk])
    notify(telling.RETURNED, to=[row.author], link=link, actor=by, project=row.project.name)
    _audit(row, "proposal.returned", by=by)
    return row


def _waiting(project: Project, keys: Iterable[int]) -> Iterable[Proposal]:
    rows = Proposal.objects.waiting(project).filter(pk__in=list(keys))
    return rows.select_for_update(of=["self"]).select_related("wanted", "author", "project")


def _one(proposal: Proposal) -> Proposal:
    for row in _waiting(proposal.project, [proposal.pk]):
        return row
    raise ConflictError(_("This prompt is decided on already, or taken back. Take the next one."))


def _row(row: Proposal, messages: Messages) -> PromptRow:
    return PromptRow(line=0, messages=messages, language=row.language, use_case=row.use_case)


def _accept(row: Proposal, messages: Messages, kin: Kin, *, by: User) -> bool:
    """Store the prompt; False where the project has it."""
    heldout = row.wanted.heldout_percent
    prompt = Prompt(
        project=row.project,
        messages=messages,
        source=SOURCE,
        language=row.language,
        use_case=row.use_case,
        split=kin.side(_row(row, messages), heldout_percent=heldout),
        metadata=_metadata(row, messages),
    )
    try:
        with transaction.atomic():
            prompt.save()
    except IntegrityError as error:
        if "labeling_prompt_once" not in str(error):
            raise
        return False
    row.state, row.prompt = State.ACCEPTED, prompt
    _save(row, by=by)
    _audit(row, "proposal.accepted", by=by)
    return True


def _metadata(row: Proposal, messages: Messages) -> dict[str, Any]:
    """The form, and the parts of a few-shot one as long as its text is that of the parts."""
    found = {"form": row.wanted.form}
    is_plain = "turns" in row.body
    return found if is_plain or messages != row.messages else {**found, PARTS: row.body}


def _save(row: Proposal, *, by: User) -> None:
    row.decided_by, row.decided_at = by, timezone.now()
    row.save(update_fields=["state", "reason", "prompt", "decided_by", "decided_at"])


def _audit(row: Proposal, action: str, *, by: User) -> None:
    details = {"user": row.author_id}
    audit(actor=by, action=action, target=f"labeling.Proposal:{row.pk}", details=details)


def _tell(project: Project, rows: list[Proposal], *, by: User) -> None:
    """Each author once, however many of theirs were accepted."""
    link = reverse("proposals", args=[project.slug])
    authors = {row.author_id: row.author for row in rows}
    for pk, number in Counter(row.author_id for row in rows).items():
        data = {"project": project.name, "number": number}
        notify(telling.ACCEPTED, to=[authors[pk]], link=link, actor=by, **data)
