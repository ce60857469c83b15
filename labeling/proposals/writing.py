"""Writing a prompt: the draft, what is submitted, and taking it back or writing it anew."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError, StaleDraftError
from core.text import clean_json
from labeling.health.languages import guess_language
from labeling.models import LONGEST_DAY, Proposal, WantedPrompts, hashes
from labeling.proposals import shapes
from labeling.proposals.likeness import alike

State = Proposal.State


@transaction.atomic
def begin(*, wanted: WantedPrompts, author: User) -> Proposal:
    """The draft of `author` for what is wanted, the one that they have begun if there is one."""
    row = WantedPrompts.objects.select_for_update(no_key=True).get(pk=wanted.pk)
    mine = {"wanted": row, "author": author, "state": State.DRAFT, "revises": None}
    if found := Proposal.objects.filter(**mine).first():
        return found
    if not WantedPrompts.objects.short().filter(pk=row.pk).exists():
        raise ConflictError(_("Enough of these prompts are written. Choose other ones."))
    return Proposal.objects.create(**mine, project=row.project)


@transaction.atomic
def save_draft(
    *, proposal: Proposal, draft: dict[str, Any] | None, version: int, active_seconds: int
) -> Proposal:
    """Keep `draft`; None: nothing has changed.

    version: of the draft that the page began from. StaleDraftError when another tab saved since.
    """
    row = _draft(proposal)
    if row.draft_version != version:
        raise StaleDraftError(
            _("This prompt was changed in another tab or on another device."),
            version=row.draft_version,
            draft=row.draft,
        )
    if draft is not None and draft != row.draft:
        row.draft, row.draft_version = clean_json(draft), version + 1
    row.active_seconds = max(row.active_seconds, min(active_seconds, LONGEST_DAY))
    row.save(update_fields=["draft", "draft_version", "active_seconds"])
    return row


@transaction.atomic
def submit(*, proposal: Proposal, sent: dict[str, Any], active_seconds: int) -> Proposal:
    """Propose it; sent again it is the same. ConflictError where the project has it, or nearly."""
    row = (
        Proposal.objects.select_for_update(of=["self"]).select_related("wanted").get(pk=proposal.pk)
    )
    written = shapes.read(row.wanted.form, sent)
    messages = written.messages()
    if row.state == State.WAITING and row.messages == messages:
        return row
    _require_draft(row)
    use_case = row.wanted.use_case or written.use_case
    if other := alike(row.project, messages, but=row):
        raise ConflictError(told(exact=other.exact, is_prompt=other.is_prompt))
    row.state, row.draft, row.submitted_at = State.WAITING, None, timezone.now()
    row.body, row.messages = written.body, messages
    row.likeness = hashes(messages)["likeness"]
    row.characters = sum(len(message["content"]) for message in messages)
    row.language = row.wanted.language or written.language or guess_language(row.last_text)
    row.use_case = use_case
    row.active_seconds = max(row.active_seconds, min(active_seconds, LONGEST_DAY))
    row.save()
    if row.revises_id is not None:
        Proposal.objects.filter(pk=row.revises_id).update(state=State.REWRITTEN)
    return row


@transaction.atomic
def rewrite(*, proposal: Proposal) -> Proposal:
    """A draft in the place of one that was returned, with what was written."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if begun := Proposal.objects.filter(revises=row, state=State.DRAFT).first():
        return begun
    if row.state != State.RETURNED:
        raise ConflictError(_("Only a prompt that was returned is rewritten. Write another one."))
    return Proposal.objects.create(
        project=row.project,
        wanted=row.wanted,
        author=row.author,
        revises=row,
        draft=row.written,
        draft_version=1,
    )


@transaction.atomic
def take_back(*, proposal: Proposal) -> None:
    """Let nobody decide on it any more."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state not in {State.WAITING, State.RETURNED}:
        raise ConflictError(_("This prompt is decided on already, or taken back."))
    row.state = State.TAKEN_BACK
    row.save(update_fields=["state"])
    Proposal.objects.filter(revises=row, state=State.DRAFT).delete()


def told(*, exact: bool, is_prompt: bool) -> str:
    """That there is such a prompt."""
    if exact and is_prompt:
        return _("The project has this prompt already. Write another one.")
    if is_prompt:
        return _("The project has nearly the same prompt already. Write another one.")
    if exact:
        return _("This prompt is proposed already and waits for a decision. Write another one.")
    return _("Nearly the same prompt is proposed already and waits. Write another one.")


def _draft(proposal: Proposal) -> Proposal:
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    _require_draft(row)
    return row


def _require_draft(row: Proposal) -> None:
    if row.state != State.DRAFT:
        raise ConflictError(_("This prompt is submitted already. Write the next one."))
