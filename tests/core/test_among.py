"""Rows by very many values, sent as one array."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.postgresql.among import Among
from labeling.models import Prompt
from tests.factories import make_project, make_prompt

pytestmark = pytest.mark.django_db


def test_rows_with_one_of_the_values_are_found_by_one_parameter() -> None:
    project = make_project()
    first, second, _third = (make_prompt(project) for _ in range(3))
    keys = [first.sha256, second.sha256, *(f"{n:064}" for n in range(1000))]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = set(project.prompts.filter(Among("sha256", keys)).values_list("pk", flat=True))

    assert found == {first.pk, second.pk}
    assert queries[0]["sql"].count("ANY(") == 1


def test_values_of_any_letters_are_found() -> None:
    odd = ['a,b"c\\d', "{}", "NULL", "", " a ", "鸡'蛋", "%s"]
    project = make_project()
    for number, name in enumerate([*odd, "other"]):
        make_prompt(project, text=str(number), group_name=name)

    found = project.prompts.filter(Among("group_name", odd)).values_list("group_name", flat=True)

    assert sorted(found) == sorted(odd)


def test_numbers_no_values_and_the_opposite() -> None:
    first, second = (make_prompt(make_project(slug=slug)) for slug in ("a", "b"))
    prompts = Prompt.objects.order_by("pk")

    assert list(prompts.filter(Among("pk", {second.pk}))) == [second]
    assert list(prompts.exclude(Among("pk", [second.pk]))) == [first]
    assert list(prompts.filter(Among("sha256", []))) == []
