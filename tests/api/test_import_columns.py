"""Columns that are called otherwise, by API."""

import pytest

from labeling.models import Prompt, Role
from tests.api.test_imports import send, store
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db
ROW = '{"Frage": "Egg?", "Antwort=lang": "Six minutes."}'


def test_they_are_named_in_the_address(client):
    project = make_project()

    stored = store(client, project, ROW, "?columns=Frage%3Dprompt%2CAntwort%3Dlang%3Dcompletion")

    assert (stored["state"], stored["format"], stored["labels"]) == ("succeeded", "trl", 1)
    assert Prompt.objects.get().last_text == "Egg?"


@pytest.mark.parametrize("said", ["Frage", "Frage%3Dtext", "%3Dprompt", "a%3Dprompt%2Cb%3Dprompt"])
def test_what_cannot_be_meant_is_refused(client, said):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)

    answer = send(client, project, ROW, f"?columns={said}", user=mona)

    assert (answer.status_code, answer.json()["status"]) == (422, 422)
