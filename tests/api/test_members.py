"""Members, by API."""

import pytest

from api.models import KeptAnswer
from labeling.models import Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona():
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def test_somebody_new_is_invited_by_a_link_that_is_told_once(mona):
    mona.headers["Idempotency-Key"] = "nia"
    body = {"email": "nia@example.org", "name": "Nia", "role": "reviewer"}

    made, again = mona("post", "members", body), mona("post", "members", body)

    assert made.status_code == 201
    nia = made.json()
    assert nia.pop("link").startswith("http")
    assert {name: nia[name] for name in ("name", "email", "role", "kinds", "languages")} == {
        "name": "Nia",
        "email": "nia@example.org",
        "role": "reviewer",
        "kinds": [],
        "languages": [],
    }
    assert (again.status_code, KeptAnswer.objects.get().body) == (409, None)
    assert "link" not in mona.get("members")["items"][-1]


def test_members_have_roles_and_tasks_and_leave(mona):
    ada = make_member(mona.project, "Ada", Role.ANNOTATOR)
    path = f"members/{mona.project.memberships.get(user=ada).pk}"

    changed = mona("patch", path, {"role": "reviewer", "kinds": ["ranking"]})

    assert (changed.json()["role"], changed.json()["kinds"]) == ("reviewer", ["ranking"])
    assert mona("patch", path, {"kinds": ["nothing"]}).status_code == 422
    assert mona("patch", path, {"user": 1}).status_code == 422
    assert mona("delete", path).status_code == 204
    assert mona("get", path).status_code == 404
    assert [row["name"] for row in mona.get("members")["items"]] == ["Mona"]


def test_the_last_manager_stays(mona):
    path = f"members/{mona.project.memberships.get(user=mona.user).pk}"

    assert mona("delete", path).status_code == 409
    assert mona("patch", path, {"role": "annotator"}).status_code == 409
    assert mona.get(path)["role"] == "manager"


def test_who_has_no_password_gets_another_link(mona):
    ada = make_member(mona.project, "Ada", Role.ANNOTATOR)
    ada.set_unusable_password()
    ada.save()
    path = f"members/{mona.project.memberships.get(user=ada).pk}/link"

    made = mona("post", path)

    assert (made.status_code, list(made.json())) == (201, ["link"])
    ada.set_password("secret")
    ada.save()
    assert mona("post", path).status_code == 409
