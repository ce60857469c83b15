"""Idempotency-Key: what is sent twice is done once."""

from datetime import timedelta

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from api import idempotency
from api.models import KeptAnswer
from labeling.models import Import, Project
from tests.api.kitchen import bearer
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BODY = {"name": "Kitchen", "slug": "kitchen"}


@pytest.fixture
def head():
    return bearer(make_user(is_superuser=True), scope="write") | {"Idempotency-Key": "one"}


def post(head, body=None):
    return Client().post("/api/v1/projects", body or BODY, "application/json", headers=head)


def test_the_second_try_has_the_answer_of_the_first_and_changes_nothing(head):
    first, second = post(head), post(head)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.content, first["Content-Type"]) == (second.content, second["Content-Type"])
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert Project.objects.count() == 1


def test_another_request_with_the_same_key_is_refused(head):
    post(head)

    other = post(head, {"name": "Garden", "slug": "garden"})

    assert (other.status_code, other.json()["errors"]) == (
        422,
        [{"field": "Idempotency-Key", "message": "belongs to another request"}],
    )
    assert list(Project.objects.values_list("slug", flat=True)) == ["kitchen"]


def test_another_file_with_the_same_key_is_another_request(head):
    post({**head, "Idempotency-Key": "other"})
    path = "/api/v1/projects/kitchen/imports"

    def send(name, text):
        file = SimpleUploadedFile(name, text)
        return Client().post(path, {"file": file}, headers=head).status_code

    egg, rice = b'{"prompt": "Egg?"}', b'{"prompt": "Rice?"}'
    sent = [send("a.jsonl", egg), send("a.jsonl", rice), send("b.jsonl", egg)]

    assert [*sent, send("a.jsonl", egg)] == [202, 422, 422, 202]
    assert list(Import.objects.values_list("name", flat=True)) == ["a.jsonl"]


def test_a_key_is_of_its_token(head):
    post(head)
    other = bearer(make_user("Rita", is_superuser=True), scope="write")

    taken = post(other | {"Idempotency-Key": "one"})

    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "slug")


def test_a_refusal_is_not_kept(head):
    refused = post(head, {"name": "", "slug": "kitchen"})

    assert (refused.status_code, KeptAnswer.objects.count()) == (422, 0)
    assert post(head).status_code == 201


@pytest.mark.parametrize("key", ["k" * 300, "", "a\tb", "\u00e9"])
def test_a_key_that_cannot_be_is_refused(head, key):
    response = post(head | {"Idempotency-Key": key})

    assert (response.status_code, Project.objects.count()) == (400, 0)


def test_while_the_first_is_being_done_the_second_waits_elsewhere(head):
    token = make_token_pk(head)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency {token} one"]
        )
        response = post(head)

    assert (response.status_code, response["Retry-After"]) == (409, "1")
    assert post(head).status_code == 201


def make_token_pk(head):
    from accounts.models import ApiToken

    return ApiToken.objects.usable(head["Authorization"].removeprefix("Bearer ")).get().pk


def test_after_a_day_a_key_is_new_again(head):
    post(head)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert post(head).status_code == 409  # asked anew: there is such a project
    assert (idempotency.sweep(), KeptAnswer.objects.count()) == (1, 0)


def test_what_is_younger_than_a_day_is_not_swept(head):
    post(head)

    assert (idempotency.sweep(), KeptAnswer.objects.count()) == (0, 1)
