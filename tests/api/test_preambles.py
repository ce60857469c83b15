"""The versions of what stands before prompts, over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.services import create_api_token
from labeling.models import Project, Role
from labeling.preambles import change
from tests.factories import make_member, make_project

SHOWN = ("2 + 2?", "  4\n")


@pytest.fixture
def project(db: None) -> Project:
    return make_project("kitchen")


def asked(project: Project, path: str, role: str = Role.REVIEWER) -> Any:
    _row, secret = create_api_token(user=make_member(project, role=role), name="test")
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().get(f"/api/v1/projects/kitchen/preambles{path}", headers=headers)


def test_each_version_is_as_models_were_given_it(project: Project) -> None:
    assert asked(project, "").json() == {"items": [], "next": None}
    first = change(project=project, system="Be brief.\n", exemplars=[SHOWN], by=None)
    second = change(project=project, system="", exemplars=[], by=None)

    newest, oldest = asked(project, "").json()["items"]

    assert first is not None
    assert second is not None
    assert oldest == {
        "version": 1,
        "messages": [
            {"role": "system", "content": "Be brief.\n"},
            {"role": "user", "content": "2 + 2?"},
            {"role": "assistant", "content": "  4\n"},
        ],
        "created_at": first.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert (newest["version"], newest["messages"]) == (2, [])
    assert asked(project, "/1").json() == oldest
    codes = [asked(project, f"/{number}").status_code for number in (2, 3, 10**30)]
    assert codes == [200, 404, 404]


def test_annotators_ask_for_none(project: Project) -> None:
    change(project=project, system="Be brief.", exemplars=[], by=None)

    codes = [asked(project, path, Role.ANNOTATOR).status_code for path in ("", "/1")]

    assert codes == [403, 403]
