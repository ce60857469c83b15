"""Database rows as plain records, by key: a constant number of queries, no model instances.

Each table is read by itself, by its keys, and what belongs together is joined here. In a join
PostgreSQL would read a table from end to end where it takes that to be cheaper than a thousand
keys; by their keys alone a thousand rows cost the same in every table.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import orjson
from django.db.models import F, Lookup, Model, TextField
from django.db.models.functions import Cast

from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.models import Annotation, Completion, Prompt, Task

Values = tuple[Any, ...]


class AnyOf(Lookup):
    """`column = ANY(array)` of numbers, written as one text.

    IN has a parameter for each key, and to write those down takes longer than to read the rows.
    """

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        keys = ",".join(map(str, self.rhs))
        return f"{column} = ANY(%s::bigint[])", (*values, f"{{{keys}}}")


def prompt_records(keys: Collection[int]) -> Iterator[PromptRecord]:
    """The prompts with these keys, oldest first."""
    columns = ("id", _json("messages"), "split", "language", "use_case")
    for pk, messages, *rest in _rows(Prompt, "id", keys, *columns):
        said = [{"role": p["role"], "content": p["content"]} for p in orjson.loads(messages)]
        yield PromptRecord(pk, said, *rest)


def annotation_records(keys: Collection[int]) -> Iterator[AnnotationRecord]:
    """The annotations with these keys, oldest first."""
    rows = _rows(
        Annotation,
        "id",
        keys,
        *("task_id", "id", "kind", "annotator_id", _json("body"), _json("shown_order")),
        *("guideline_version", "active_seconds"),
    )
    tasks = {
        pk: (number, prompt)
        for pk, number, prompt in _rows(
            Task, "id", {row[0] for row in rows}, "id", "round_number", "prompt_id"
        )
    }
    prompts = {p.id: p for p in prompt_records({prompt for _, prompt in tasks.values()})}
    completions = _completions(tasks)
    for task, pk, kind, annotator, body, order, version, seconds in rows:
        number, prompt = tasks[task]
        yield AnnotationRecord(
            pk,
            kind,
            annotator,
            number,
            orjson.loads(body),
            orjson.loads(order),
            version,
            seconds,
            prompts[prompt],
            completions[task],
        )


def _completions(tasks: Collection[int]) -> defaultdict[int, list[CompletionRecord]]:
    """Task -> its completions, oldest first."""
    links = _rows(Task.completions.through, "task_id", tasks, "task_id", "completion_id")
    columns = ("id", "text", "finish_reason", "model_version__name")
    records = {
        pk: CompletionRecord(pk, text, finish_reason, model or "")
        for pk, text, finish_reason, model in _rows(
            Completion, "id", {pk for _, pk in links}, *columns
        )
    }
    found: defaultdict[int, list[CompletionRecord]] = defaultdict(list)
    for task, pk in sorted(links):
        found[task].append(records[pk])
    return found


def _rows(
    model: type[Model], key: str, keys: Collection[int], *columns: str | Cast
) -> Sequence[Values]:
    """`columns` of the rows whose `key` is one of `keys`, in the order of the keys."""
    if not keys:
        return []
    found = model._default_manager.filter(AnyOf(F(key), sorted(keys))).order_by(key)
    return list(found.values_list(*columns))


def _json(column: str) -> Cast:
    """As text: orjson reads it faster than the field does."""
    return Cast(column, TextField())
