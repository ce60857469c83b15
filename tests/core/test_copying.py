"""Many rows written at once."""

import json

import pytest
from django.db import IntegrityError, transaction

from core.errors import ConflictError
from core.postgresql.copying import check_at_once, copy, keys
from labeling.models import Completion, Prompt
from tests.factories import make_project, make_prompt

pytestmark = pytest.mark.django_db
FIELDS = [
    "prompt", "text", "tokens", "finish_reason", "sampling", "seed", "round_number", "created_at"
]  # fmt: skip


def written(prompt: int, text: str) -> tuple[object, ...]:
    return prompt, text, 0, "stop", "{}", 0, 0, "2026-11-27T12:00:00Z"


def test_keys_are_of_nobody_else() -> None:
    first, second = keys((Prompt, 3), (Prompt, 2))

    assert len({*first, *second, make_prompt(make_project()).pk}) == 6


def test_rows_come_as_they_are() -> None:
    prompt = make_prompt(make_project())
    texts = ["two\nlines\t\\N", "鸡蛋", ""]

    copy(Completion, FIELDS, (written(prompt.pk, text) for text in texts))

    assert list(Completion.objects.order_by("pk").values_list("text", flat=True)) == texts


def test_what_is_there_already_is_told_in_words() -> None:
    first = make_prompt(make_project())
    written = copied(first)

    with pytest.raises(ConflictError, match="try again"), transaction.atomic():
        copy(Prompt, list(written), [list(written.values())])

    assert Prompt.objects.get() == first


def copied(prompt: Prompt) -> dict[str, object]:
    """The same prompt, as columns have it."""
    columns = [field for field in Prompt._meta.concrete_fields if not field.primary_key]
    values = {field.name: getattr(prompt, field.attname) for field in columns}
    as_json = {name: json.dumps(values[name]) for name in ("messages", "metadata", "rubric")}
    return {**values, **as_json}


def test_keys_of_others_are_checked_by_the_statement_where_that_is_asked() -> None:
    check_at_once(at_once=True)
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        copy(Completion, FIELDS, [written(0, "of no prompt")])

    check_at_once(at_once=False)
    copy(Completion, FIELDS, [written(0, "of no prompt")])
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        check_at_once(at_once=True)
    Completion.objects.all().delete()
