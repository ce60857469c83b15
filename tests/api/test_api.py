"""The API's door: tokens in the header only, problem documents, its own description."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken
from api.auth import TokenAuth
from core.errors import NotAllowedError
from labeling.models import Role
from tests.factories import make_member, make_project, make_user

PROBLEM = "application/problem+json"


def secret_of(user, **fields):
    return services.create_api_token(user=user, name="test", **fields)[1]


def refused(response):
    assert (response.status_code, response["Content-Type"]) == (401, PROBLEM)
    assert response["WWW-Authenticate"] == "Bearer"
    return True


@pytest.mark.django_db
def test_only_a_usable_token_in_the_header_opens(client):
    ada = make_user("Ada")
    secret = secret_of(ada)
    path = "/api/v1/projects"
    assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert refused(client.get(path))
    assert refused(client.get(f"{path}?token={secret}"))
    assert refused(client.get(path, headers={"Authorization": f"Basic {secret}"}))
    assert refused(client.get(path, headers={"Authorization": f"Bearer {secret}x"}))
    assert refused(client.get(path, headers={"Authorization": "Bearer "}))
    signed_in = Client()
    signed_in.force_login(ada)
    assert refused(signed_in.get(path))


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["expired", "revoked", "deactivated"])
def test_token_that_has_ended_is_refused(client, end):
    ada = make_user("Ada")
    secret = secret_of(ada)
    now = timezone.now()
    if end == "expired":
        ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    elif end == "revoked":
        ApiToken.objects.update(revoked_at=now)
    else:
        ada.is_active = False
        ada.save()
    assert refused(client.get("/api/v1/projects", headers={"Authorization": f"Bearer {secret}"}))


@pytest.mark.django_db
def test_who_guesses_tokens_is_refused_and_nobody_else(client):
    secret = secret_of(make_user("Ada"))
    guesses = [
        client.get("/api/v1/projects", headers={"Authorization": f"Bearer rondo_{n}"})
        for n in range(31)
    ]
    assert [guess.status_code for guess in guesses] == [401] * 30 + [429]
    assert (guesses[-1].json()["type"], guesses[-1]["Retry-After"]) == ("too_many", "300")
    right = client.get("/api/v1/projects", headers={"Authorization": f"Bearer {secret}"})
    assert right.status_code == 200


@pytest.mark.django_db
def test_projects_are_those_of_the_owner(client, django_assert_num_queries):
    ada = make_member(make_project("a-kitchen"), "Ada", Role.REVIEWER)
    make_project("foreign")
    headers = {"Authorization": f"Bearer {secret_of(ada)}"}
    assert client.get("/api/v1/projects", headers=headers).json() == [
        {
            "slug": "a-kitchen",
            "name": "A Kitchen",
            "description": "",
            "role": "reviewer",
            "is_simulated": False,
        }
    ]
    assert client.get("/api/v1/projects/a-kitchen", headers=headers).json()["role"] == "reviewer"
    assert client.get("/api/v1/projects/foreign", headers=headers).status_code == 404
    with django_assert_num_queries(4):  # token, its use, roles, projects
        client.get("/api/v1/projects", headers=headers)
    make_project("b").memberships.create(user=ada)
    make_project("c").memberships.create(user=ada)
    with django_assert_num_queries(4):
        client.get("/api/v1/projects", headers=headers)


@pytest.mark.django_db
def test_site_admin_sees_every_project_as_manager(client):
    make_project("kitchen")
    headers = {"Authorization": f"Bearer {secret_of(make_user(is_superuser=True))}"}
    (project,) = client.get("/api/v1/projects", headers=headers).json()
    assert (project["slug"], project["role"]) == ("kitchen", "manager")


def test_docs_name_every_operation_of_the_openapi_document(client):
    schema = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert [path for path in schema["paths"] if path not in page.content.decode()] == []
    assert list(schema["paths"]) == [
        "/api/v1/projects",
        "/api/v1/projects/{slug}",
        "/api/v1/projects/{slug}/exports/{dataset}.{encoding}",
        "/api/v1/projects/{slug}/imports",
        "/api/v1/projects/{slug}/preambles",
        "/api/v1/projects/{slug}/preambles/{number}",
    ]
    assert schema["components"]["securitySchemes"] == {
        "TokenAuth": {"type": "http", "scheme": "bearer"}
    }


@pytest.mark.django_db
def test_fault_of_ours_is_a_problem_without_a_trace(monkeypatch):
    from api.routers import projects

    def fail(user, slug):
        raise RuntimeError("canary")

    monkeypatch.setattr(projects, "project_for", fail)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret_of(make_user())}"}
    response = client.get("/api/v1/projects/kitchen", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM)
    assert "canary" not in response.content.decode()


def test_no_other_site_may_read_answers(client):
    response = client.get("/api/v1/openapi.json", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    ("scope", "method", "opens"),
    [("read", "GET", True), ("read", "POST", False), ("write", "POST", True)],
)
def test_a_token_that_may_only_read_writes_nothing(db, scope, method, opens):
    request = RequestFactory().generic(method, "/api/v1/projects")
    secret = secret_of(make_user(), scope=scope)

    if opens:
        assert TokenAuth().authenticate(request, secret).scope == scope
    else:
        with pytest.raises(NotAllowedError, match="may only read"):
            TokenAuth().authenticate(request, secret)
