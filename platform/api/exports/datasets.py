"""The four datasets: their columns, and how one row of the database becomes rows of theirs.

Each column has the same type in every row and is never null or an empty list, so that
`datasets.load_dataset` infers the same features from the first rows as from all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from api.exports.filters import Filters
from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Kind, Project, Prompt
from rounds.queries import usable_annotations

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Row = dict[str, Any]
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
OF_PROMPT = [
    ("prompt_id", pa.int64()),
    ("split", pa.string()),
    ("language", pa.string()),
    ("use_case", pa.string()),
]
OF_ANNOTATION = [
    ("annotation_id", pa.int64()),
    ("kind", pa.string()),
    ("annotator", pa.string()),
    ("round", pa.int64()),
    *OF_PROMPT,
]
# A completion of a ranking: tier 1 is the best, equal tiers are ties, the unacceptable ones share
# the last tier; shown_at is its place on the annotator's page, from 1.
RANKED = pa.struct(
    [
        ("id", pa.int64()),
        ("text", pa.string()),
        ("tier", pa.int64()),
        ("acceptable", pa.bool_()),
        ("shown_at", pa.int64()),
        ("finish_reason", pa.string()),
        ("model", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset. `source` says which database rows it reads, `rows` what one of them gives."""

    name: str
    label: "_StrPromise"
    trl_type: str
    schema: pa.Schema
    source: Callable[[Project, Filters], "QuerySet[Any]"]
    rows: Callable[[Any], Iterator[Row]]


def _prompts(project: Project, filters: Filters) -> "QuerySet[Prompt]":
    return filters.on_prompts(Prompt.objects.filter(project=project))


def _annotations(project: Project, filters: Filters) -> "QuerySet[Annotation]":
    completions = Completion.objects.select_related("model_version").order_by("pk")
    found = filters.on_annotations(usable_annotations(project))
    return found.select_related("task__prompt").prefetch_related(
        Prefetch("task__completions", queryset=completions)
    )


def _rankings(project: Project, filters: Filters) -> "QuerySet[Annotation]":
    return _annotations(project, filters).filter(kind=Kind.RANKING)


def _messages(prompt: Prompt) -> list[Row]:
    return [{"role": part["role"], "content": part["content"]} for part in prompt.messages]


def _assistant(text: str) -> list[Row]:
    return [{"role": "assistant", "content": text}]


def _of_prompt(prompt: Prompt) -> Row:
    return {
        "prompt_id": prompt.pk,
        "split": prompt.split,
        "language": prompt.language,
        "use_case": prompt.use_case,
    }


def _of_annotation(annotation: Annotation) -> Row:
    return {
        "annotation_id": annotation.pk,
        "kind": annotation.kind,
        "annotator": str(annotation.annotator_id),
        "round": annotation.task.round_number,
        **_of_prompt(annotation.task.prompt),
    }


def prompt_rows(prompt: Prompt) -> Iterator[Row]:
    """Prompt-only."""
    yield {"prompt": _messages(prompt), **_of_prompt(prompt)}


def demonstration_rows(annotation: Annotation) -> Iterator[Row]:
    """Prompt-completion: what people wrote, and what they corrected."""
    for row in kinds()[annotation.kind].training_rows(annotation).get("demonstrations", []):
        yield {
            "prompt": _messages(annotation.task.prompt),
            "completion": _assistant(row["completion"]),
            **_of_annotation(annotation),
        }


def preference_rows(annotation: Annotation) -> Iterator[Row]:
    """Preference: one row per strict pair; those of one judgment share their group_id."""
    for row in kinds()[annotation.kind].training_rows(annotation).get("rankings", []):
        tier_of = {place: tier for tier, places in enumerate(row["tiers"], 1) for place in places}
        ordered = sorted(tier_of, key=lambda place: (tier_of[place], place))
        for better, worse in combinations(ordered, 2):
            if tier_of[better] == tier_of[worse]:
                continue
            yield {
                "prompt": _messages(annotation.task.prompt),
                "chosen": _assistant(row["completions"][better]),
                "rejected": _assistant(row["completions"][worse]),
                "group_id": f"{annotation.kind}-{annotation.pk}",
                "chosen_tier": tier_of[better],
                "rejected_tier": tier_of[worse],
                **_of_annotation(annotation),
            }


def ranking_rows(annotation: Annotation) -> Iterator[Row]:
    """A whole ranking as it was given, with the texts."""
    body = annotation.body
    last = [body["unacceptable"]] if body["unacceptable"] else []
    tiers: list[list[int]] = [*body["tiers"], *last]
    tier_of = {pk: tier for tier, pks in enumerate(tiers, 1) for pk in pks}
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    yield {
        "prompt": _messages(annotation.task.prompt),
        "completions": [
            {
                "id": completion.pk,
                "text": completion.text,
                "tier": tier_of[completion.pk],
                "acceptable": completion.pk not in body["unacceptable"],
                "shown_at": shown_at.get(completion.pk, 0),
                "finish_reason": completion.finish_reason,
                "model": completion.model_version.name if completion.model_version else "",
            }
            for completion in annotation.task.completions.all()
        ],
        "tiers": tiers,
        "guideline_version": annotation.guideline_version,
        "active_seconds": annotation.active_seconds,
        **_of_annotation(annotation),
    }


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            name="demonstrations",
            label=_("Demonstrations"),
            trl_type="prompt-completion",
            schema=pa.schema([("prompt", MESSAGES), ("completion", MESSAGES), *OF_ANNOTATION]),
            source=_annotations,
            rows=demonstration_rows,
        ),
        Dataset(
            name="preferences",
            label=_("Preferences"),
            trl_type="preference",
            schema=pa.schema(
                [
                    ("prompt", MESSAGES),
                    ("chosen", MESSAGES),
                    ("rejected", MESSAGES),
                    ("group_id", pa.string()),
                    ("chosen_tier", pa.int64()),
                    ("rejected_tier", pa.int64()),
                    *OF_ANNOTATION,
                ]
            ),
            source=_annotations,
            rows=preference_rows,
        ),
        Dataset(
            name="rankings",
            label=_("Rankings"),
            trl_type="",
            schema=pa.schema(
                [
                    ("prompt", MESSAGES),
                    ("completions", pa.list_(RANKED)),
                    ("tiers", pa.list_(pa.list_(pa.int64()))),
                    ("guideline_version", pa.int64()),
                    ("active_seconds", pa.int64()),
                    *OF_ANNOTATION,
                ]
            ),
            source=_rankings,
            rows=ranking_rows,
        ),
        Dataset(
            name="prompts",
            label=_("Prompts"),
            trl_type="prompt-only",
            schema=pa.schema([("prompt", MESSAGES), *OF_PROMPT]),
            source=_prompts,
            rows=prompt_rows,
        ),
    )
}
