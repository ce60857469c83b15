"""Projects, their settings and guidelines, by API."""

import pytest

from accounts.models import AuditEntry
from labeling.models import Role
from labeling.projects import create_project
from tests.api.caller import Caller
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona():
    user = make_user("Mona")
    return Caller(user, create_project(name="Kitchen", slug="kitchen", by=user))


def test_the_admin_opens_a_project_and_manages_it():
    root = Caller(make_user(is_superuser=True))

    made = root("post", "/projects", {"name": " Kitchen ", "slug": "Kitchen"})

    assert made.status_code == 201
    assert made.json() == {
        "slug": "kitchen",
        "name": "Kitchen",
        "description": "",
        "role": "manager",
        "is_simulated": False,
        "is_archived": False,
        "guideline_version": 1,
    }
    again = root("post", "/projects", {"name": "Kitchen", "slug": "kitchen"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "slug")
    wrong = root("post", "/projects", {"name": "", "slug": "-"})
    assert {part["field"] for part in wrong.json()["errors"]} == {"name", "slug"}


def test_settings_are_changed_one_by_one_and_the_rest_stays(mona):
    before = mona.get("settings")

    changed = mona("patch", "settings", {"overlap": 3, "completions": {"ranking": 5}})

    assert changed.status_code == 200
    completions = before["completions"] | {"ranking": 5}
    assert changed.json() == before | {"overlap": 3, "completions": completions}
    assert mona.get("settings") == changed.json()
    last = AuditEntry.objects.order_by("pk").last()
    assert last is not None
    assert (last.action, last.details["fields"]) == ("project.changed", ["completions", "overlap"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"overlap": 21}, "overlap"),
        ({"completions": {"ranking": 99}}, "completions_ranking"),
        ({"completions": {"nothing": 4}}, "completions"),
        ({"name": "a\u202eb"}, "name"),
        ({"skip_reasons": ["bored"]}, "skip_reasons"),
        ({"licence": "x" * 201}, "licence"),
        ({"role": "manager"}, "body.role"),
        ({"overlap": "3"}, "body.overlap"),
        ({"overlap": True}, "body.overlap"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_field(mona, sent, field):
    before = mona.get("settings")

    answer = mona("patch", "settings", sent)

    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])
    assert mona.get("settings") == before


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("  Ours:  research\nonly ", "Ours: research only"),
        ("", ""),
    ],
)
def test_a_licence_is_an_spdx_identifier_or_another_name(mona, sent, kept):
    before = mona.get("settings")
    mona("patch", "settings", {"licence": "MIT"})

    changed = mona("patch", "settings", {"licence": sent})

    assert (before["licence"], changed.json()) == ("", before | {"licence": kept})


def test_new_guidelines_are_a_new_version(mona):
    made = mona("post", "guidelines", {"text": "Be brief."})

    assert (made.status_code, made.json()["version"], made.json()["text"]) == (201, 2, "Be brief.")
    assert [row["version"] for row in mona.get("guidelines")["items"]] == [2, 1]
    assert mona.get("guidelines/1")["text"] == ""
    assert mona.get("")["guideline_version"] == 2
    assert mona("post", "guidelines/2/read").status_code == 204
    assert mona("post", "guidelines/3/read").status_code == 422
    assert mona.project.memberships.get(user=mona.user).guidelines_read == 2


def test_an_archived_project_is_read_by_its_reviewers_and_written_by_nobody(mona):
    ada = Caller(make_member(mona.project, "Ada", Role.ANNOTATOR), mona.project)

    assert mona("post", "archive").json()["is_archived"] is True

    assert mona.get("/projects")["items"] == []
    assert mona.get("")["is_archived"] is True
    assert ada("get", "").status_code == 404
    refused = mona("patch", "settings", {"overlap": 3})
    assert (refused.status_code, refused.json()["type"]) == (409, "conflict")
    assert mona("post", "archive").status_code == 409
    assert mona("post", "restore").json()["is_archived"] is False
    assert mona("post", "restore").status_code == 409
