"""Where a project moves to, its answers and drafts name the completions by their ids there."""

import json
import re

import pytest
from django.db import connection

from labeling.assigning import claim_next
from labeling.kinds import kinds
from labeling.models import Completion
from tests.factories import make_member, make_project, make_task
from tests.labeling.answers import body_for

pytestmark = pytest.mark.django_db
FAR = 7_000_001  # a number that is nothing but an id
HERE, THERE = re.compile(r"\b7000\d{3}\b"), re.compile(r"\b8000\d{3}\b")


@pytest.mark.parametrize("name", kinds())
def test_no_id_of_before_is_left_in_an_answer(name: str) -> None:
    project = make_project()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE labeling_completion ALTER COLUMN id RESTART WITH 7000001")
    task = make_task(project, name)
    for n, completion in enumerate(task.completions.order_by("pk")):  # one is clearly better
        Completion.objects.filter(pk=completion.pk).update(text="Boil it well. " * (9 * n + 1))
    found = claim_next(project=project, annotator=make_member(project), kind=name)
    assert found is not None
    body = body_for(found)
    before = json.dumps(body)

    after = json.dumps(kinds()[name].moved(body, lambda pk: pk + 1_000_000))

    assert HERE.sub(lambda match: str(int(match[0]) + 1_000_000), before) == after
    # A kind with texts says something of one of them, but where its texts are its own.
    if Completion.objects.filter(pk__gte=FAR, tasks=found.task).exists():
        assert THERE.search(after)


def test_a_draft_may_be_half_an_answer() -> None:
    for kind in kinds().values():
        for draft in ({}, {"parts": None}, {"tiers": None, "texts": [None]}, None):
            assert kind.moved(draft, lambda pk: pk + 1) == draft
