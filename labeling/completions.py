"""What models wrote, and what people wrote that is judged beside it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from django.db import transaction

from core.errors import BadInputError
from labeling.human_texts import HumanText, put_among
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
    beside: Mapping[int, HumanText] | None = None,
) -> list[Completion]:
    """Store the rows of a generate job: prompt_id, text, tokens, finish_reason, and seed if known.

    NUL, which PostgreSQL cannot hold, is dropped; all else stays as the model wrote it.
    beside: prompt -> a person's text that is stored among the model's, at any place: the order of
    the keys, which pages hold, does not tell it apart.
    """
    given = list(rows)
    asked = {int(row["prompt_id"]) for row in given}
    known = set(project.prompts.filter(pk__in=asked).values_list("pk", flat=True))
    if foreign := sorted(asked - known):
        raise BadInputError(f"prompt {foreign[0]} does not belong to {project.slug}")
    texts: dict[int, list[Completion]] = defaultdict(list)
    for row in given:
        text = Completion(
            prompt_id=int(row["prompt_id"]),
            model_version=version,
            text=str(row["text"]).replace("\0", ""),
            tokens=int(row.get("tokens") or 0),
            finish_reason=row.get("finish_reason") or Completion.FinishReason.STOP,
            sampling=sampling,
            seed=int(row.get("seed") or sampling.get("seed") or 0),
            round_number=round_number,
        )
        texts[text.prompt_id].append(text)
    for prompt, human in (beside or {}).items():
        if written := texts.get(prompt):
            put_among(written, human)
    return Completion.objects.bulk_create(chain.from_iterable(texts.values()))
