"""Prompts that differ in white space, case or Unicode form only, imported by API."""

import json

import pytest

from labeling.models import Prompt, Role
from tests.api.test_imports import send, store
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


def test_prompts_that_are_alike_are_left_out_unless_all_are_wanted(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)
    text = "\n".join(json.dumps({"prompt": each}) for each in ("Café", "Cafe\u0301", "CAFÉ "))

    first = store(client, project, text, user=mona)
    said = store(client, project, text, "?alike=same", user=mona)
    whole = store(client, project, text, "?alike=all", user=mona)

    assert [(each["created"], each["known"], each["alike"]) for each in (first, said, whole)] == [
        (1, 0, 2), (0, 1, 2), (2, 1, 0)
    ]  # fmt: skip
    assert [prompt.last_text for prompt in Prompt.objects.order_by("pk")] == [
        "Café", "Cafe\u0301", "CAFÉ "
    ]  # fmt: skip
    assert send(client, project, text, "?alike=near", user=mona).status_code == 422
