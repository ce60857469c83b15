"""Database rows as plain records, by key: a constant number of queries, no model instances."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.models import Annotation, Prompt, Task

PROMPT = ("id", "messages", "split", "language", "use_case")
ANNOTATION = (
    "id",
    "kind",
    "annotator_id",
    "task__round_number",
    "body",
    "shown_order",
    "guideline_version",
    "active_seconds",
)
OF_TASK = tuple(f"task__prompt__{name}" for name in PROMPT)
COMPLETION = (
    "completion_id",
    "completion__text",
    "completion__finish_reason",
    "completion__model_version__name",
)


def prompt_records(keys: Sequence[int]) -> Iterator[PromptRecord]:
    """The prompts with these keys, oldest first."""
    for row in Prompt.objects.filter(pk__in=keys).order_by("pk").values_list(*PROMPT):
        yield _prompt(row)


def annotation_records(keys: Sequence[int]) -> Iterator[AnnotationRecord]:
    """The annotations with these keys, oldest first."""
    found = Annotation.objects.filter(pk__in=keys).order_by("pk")
    rows = list(found.values_list(*ANNOTATION, *OF_TASK, "task_id"))
    completions = _completions({row[-1] for row in rows})
    for row in rows:
        *own, task = row
        prompt = _prompt(own[len(ANNOTATION) :])
        yield AnnotationRecord._make(
            (*own[: len(ANNOTATION)], prompt, completions.get(task, [])),
        )


def _completions(tasks: set[int]) -> dict[int, list[CompletionRecord]]:
    """Task -> its completions, oldest first."""
    found: defaultdict[int, list[CompletionRecord]] = defaultdict(list)
    links = Task.completions.through.objects.filter(task_id__in=tasks).order_by("completion_id")
    for task, pk, text, finish_reason, model in links.values_list("task_id", *COMPLETION):
        found[task].append(CompletionRecord(pk, text, finish_reason, model or ""))
    return found


def _prompt(row: Sequence[Any]) -> PromptRecord:
    pk, messages, *rest = row
    said = [{"role": part["role"], "content": part["content"]} for part in messages]
    return PromptRecord(pk, said, *rest)
