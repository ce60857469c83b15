"""Prompts that a file held, stored: those that the project does not have yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from labeling.models import Project, Prompt, Split
from labeling.prompt_files import PromptRow


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What was stored. duplicates: prompts that the project had already."""

    created: int
    duplicates: int


@transaction.atomic
def import_prompts(
    *,
    project: Project,
    rows: Sequence[PromptRow],
    source: str,
    by: User | None,
    heldout_percent: int = 0,
) -> ImportResult:
    """Store the rows that the project does not have yet.

    source: of the rows that name none. heldout_percent: how many of the rows that name no split go
    to the held-out split; which ones depends on their text alone.
    """
    by_sha = {row.sha256: row for row in rows}
    known = set(_known(project, by_sha))
    Prompt.objects.bulk_create(
        (
            Prompt(
                project=project,
                messages=row.messages,
                sha256=sha256,
                source=row.source or source[:200],
                language=row.language or guess_language(row.last_text),
                use_case=row.use_case,
                split=row.split or _split(sha256, heldout_percent),
            )
            for sha256, row in by_sha.items()
            if sha256 not in known
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    result = ImportResult(created=len(by_sha) - len(known), duplicates=len(known))
    audit(
        actor=by,
        action="prompts.imported",
        target=f"labeling.Project:{project.pk}",
        details={"source": source, "created": result.created, "duplicates": result.duplicates},
    )
    return result


def count_known(project: Project, rows: Iterable[PromptRow]) -> int:
    """How many of the rows the project has already."""
    return len(_known(project, {row.sha256 for row in rows}))


def guess_language(text: str) -> str:
    """zh for text with a good share of Chinese characters, en otherwise."""
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if chinese * 4 >= len(text.replace(" ", "")) > 0 else "en"


def _known(project: Project, hashes: Iterable[str]) -> list[str]:
    found = project.prompts.filter(sha256__in=list(hashes))
    return list(found.values_list("sha256", flat=True))


def _split(sha256: str, heldout_percent: int) -> str:
    return Split.HELDOUT if int(sha256[:8], 16) % 100 < heldout_percent else Split.TRAIN
