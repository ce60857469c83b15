"""What models wrote."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from core.errors import BadInputError
from labeling.models import Completion, Project
from registry.models import ModelVersion


@transaction.atomic
def store_completions(
    *,
    project: Project,
    rows: Iterable[dict[str, Any]],
    version: ModelVersion | None,
    sampling: dict[str, Any],
    round_number: int,
) -> list[Completion]:
    """Store the rows of a generate job: prompt_id, text, tokens, finish_reason, and seed if known.

    NUL, which PostgreSQL cannot hold, is dropped; all else stays as the model wrote it.
    """
    given = list(rows)
    asked = {int(row["prompt_id"]) for row in given}
    known = set(project.prompts.filter(pk__in=asked).values_list("pk", flat=True))
    if foreign := sorted(asked - known):
        raise BadInputError(f"prompt {foreign[0]} does not belong to {project.slug}")
    return Completion.objects.bulk_create(
        Completion(
            prompt_id=int(row["prompt_id"]),
            model_version=version,
            text=str(row["text"]).replace("\0", ""),
            tokens=int(row.get("tokens") or 0),
            finish_reason=row.get("finish_reason") or Completion.FinishReason.STOP,
            sampling=sampling,
            seed=int(row.get("seed") or sampling.get("seed") or 0),
            round_number=round_number,
        )
        for row in given
    )
