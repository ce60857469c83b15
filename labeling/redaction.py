"""Personal data that is taken out of what a file brings, and brought back by a manager."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from core.postgresql.among import Among
from labeling.editing import is_editable
from labeling.health.personal.redacting import redacted
from labeling.labeled_files import LabelRow
from labeling.models import Import, Project, Prompt, PromptOriginal
from labeling.prompt_files import OPTIONAL, PromptRow

KEPT = ("messages", "given", "metadata")  # of a prompt, as it was before
LONGEST = OPTIONAL["source"]


@dataclass(frozen=True, kw_only=True)
class Redacted:
    """Rows and labels as the project takes them. originals: hash of a row -> what it was before."""

    rows: list[PromptRow]
    labels: list[LabelRow]
    originals: dict[str, PromptRow]


def redact(
    project: Project, rows: Sequence[PromptRow], labels: Sequence[LabelRow] = ()
) -> Redacted:
    """What of a file comes in: without personal data where the project's settings ask for that."""
    if not project.redacts_personal:
        return Redacted(rows=list(rows), labels=list(labels), originals={})
    originals: dict[str, PromptRow] = {}
    hashes: dict[str, str] = {}
    found = []
    for row in rows:
        bare = _row(project, row)
        hashes[row.sha256] = bare.sha256
        if any(getattr(bare, name) != getattr(row, name) for name in KEPT):
            originals.setdefault(bare.sha256, row)
        found.append(bare)
    return Redacted(
        rows=found, labels=[_label(each, hashes) for each in labels], originals=originals
    )


def keep(imported: Import, originals: dict[str, PromptRow]) -> None:
    """Store what prompts of an import were before."""
    prompts = imported.prompts.filter(Among("sha256", originals)).only("pk", "sha256")
    rows = ((prompt, originals[prompt.sha256]) for prompt in prompts)
    PromptOriginal.objects.bulk_create(
        (
            PromptOriginal(
                prompt=prompt, messages=row.messages, given=row.given, metadata=row.metadata
            )
            for prompt, row in rows
        ),
        batch_size=1000,
    )


@transaction.atomic
def read_original(*, prompt: Prompt, by: User) -> Prompt | None:
    """The prompt as it was, not stored; None where nothing was taken out. Reading it is noted."""
    original = PromptOriginal.objects.filter(prompt=prompt).first()
    if original is None:
        return None
    audit(
        actor=by, action="prompt.original_read", target=f"labeling.Prompt:{prompt.pk}", details={}
    )
    return Prompt(
        project=prompt.project,
        messages=original.messages,
        given=original.given,
        metadata=original.metadata,
    )


@transaction.atomic
def restore_original(*, prompt: Prompt, by: User) -> None:
    """Put back what was taken out; ConflictError once something has been made of the prompt."""
    row = Prompt.objects.select_for_update().get(pk=prompt.pk)
    original = PromptOriginal.objects.filter(prompt=row).first()
    if original is None:
        raise ConflictError(_("Nothing was taken out of this prompt. Reload the page."))
    list(row.tasks.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if not is_editable(row):
        message = _("People have begun to answer this prompt, or a model writes or wrote for it.")
        raise ConflictError(message)
    for name in KEPT:
        setattr(row, name, getattr(original, name))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ConflictError(_("The project has this prompt already.")) from error
    original.delete()
    audit(
        actor=by, action="prompt.original_restored", target=f"labeling.Prompt:{row.pk}", details={}
    )


def _row(project: Project, row: PromptRow) -> PromptRow:
    given = row.given
    if given and (bare := redacted(whole := json.loads(given))) != whole:
        given = json.dumps(bare, ensure_ascii=False)
    return replace(
        row,
        messages=[{**each, "content": redacted(each["content"])} for each in row.messages],
        given=given,
        metadata=redacted(row.metadata),
        rubric=redacted(row.rubric),
        source=None if row.source is None else redacted(row.source)[:LONGEST],
        group=_group(project, row.group),
    )


def _group(project: Project, name: str) -> str:
    """The name of a group; where it has personal data, one that is not the same as others'."""
    bare: str = redacted(name)
    if bare == name:
        return name
    digest = hmac.new(project.pseudonym_key.bytes, name.encode(), hashlib.sha256).hexdigest()
    return f"{bare[: LONGEST - 14]} {digest[:12]}"


def _label(row: LabelRow, hashes: dict[str, str]) -> LabelRow:
    label = row.label
    texts = tuple(replace(text, text=redacted(text.text)) for text in label.texts)
    said = {name: redacted(getattr(label, name)) for name in ("written", "about", "comment")}
    rows = tuple(redacted(each) for each in label.rows)
    rubric = tuple(redacted(each) for each in label.rubric)
    bare = replace(label, **said, texts=texts, rows=rows, rubric=rubric)
    return replace(row, prompt=hashes.get(row.prompt, row.prompt), label=bare)
