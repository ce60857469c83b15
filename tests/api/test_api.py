"""The API's door: tokens in the header only, problem documents, its own description."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken
from core.errors import BadInputError
from labeling.models import Role
from tests.factories import make_member, make_project, make_user

PROBLEM = "application/problem+json"
SCOPES = ("read", "write")


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
    assert client.get("/api/v1/projects", headers=headers).json()["items"] == [
        {
            "slug": "a-kitchen",
            "name": "A Kitchen",
            "description": "",
            "role": "reviewer",
            "is_simulated": False,
            "is_archived": False,
            "guideline_version": 1,
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
    (project,) = client.get("/api/v1/projects", headers=headers).json()["items"]
    assert (project["slug"], project["role"]) == ("kitchen", "manager")


def test_docs_name_every_operation_of_the_openapi_document(client):
    schema = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert [path for path in schema["paths"] if path not in page.content.decode()] == []
    parts = re.findall(r'<h2 id="(\w+)">|<section class="card" id="(\w+)">', page.content.decode())
    under: dict[str, list[str]] = {}
    for tag, operation in parts:
        under.setdefault(tag, []) if tag else under[list(under)[-1]].append(operation)
    del under["contents"]
    tagged: dict[str, list[str]] = {tag["name"]: [] for tag in schema["tags"]}
    for methods in schema["paths"].values():
        for each in methods.values():
            tagged[each["tags"][0]].append(each["operationId"])
    assert under == tagged
    assert re.findall(r'<li><a href="#(\w+)">', page.content.decode()) == list(tagged)
    assert schema["components"]["securitySchemes"] == {
        "TokenAuth": {"type": "http", "scheme": "bearer"}
    }


@pytest.mark.django_db
def test_fault_of_ours_is_a_problem_without_a_trace(monkeypatch):
    from api.routers import projects

    def fail(*args):
        raise RuntimeError("canary")

    monkeypatch.setattr(projects, "page_of", fail)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret_of(make_user())}"}
    response = client.get("/api/v1/projects", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM)
    assert "canary" not in response.content.decode()


def test_no_other_site_may_read_answers(client):
    response = client.get("/api/v1/openapi.json", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response


NEW = {"name": "Kitchen", "slug": "kitchen"}


@pytest.mark.django_db
def test_a_token_that_may_only_read_writes_nothing(client):
    root = make_user(is_superuser=True)
    reads, writes = ({"Authorization": f"Bearer {secret_of(root, scope=s)}"} for s in SCOPES)

    refusal = client.post("/api/v1/projects", NEW, "application/json", headers=reads)

    assert (refusal.status_code, refusal.json()["type"]) == (403, "not_allowed")
    assert client.get("/api/v1/projects", headers=reads).json()["items"] == []
    made = client.post("/api/v1/projects", NEW, "application/json", headers=writes)
    assert made.status_code == 201


@pytest.mark.django_db
def test_a_token_of_one_project_opens_that_one(client):
    ada = make_member(make_project("kitchen"), "Ada", Role.MANAGER)
    make_project("garden").memberships.create(user=ada, role=Role.MANAGER)
    make_project("attic").memberships.create(user=ada, role=Role.ANNOTATOR)
    only = ada.memberships.get(project__slug="kitchen").project_id
    head = {"Authorization": f"Bearer {secret_of(ada, project=only, scope='write')}"}

    def status(path, method="get"):
        return getattr(client, method)(f"/api/v1/projects{path}", headers=head).status_code

    listed = client.get("/api/v1/projects", headers=head).json()["items"]
    assert [project["slug"] for project in listed] == ["kitchen"]
    assert (status("/kitchen"), status("/kitchen/imports")) == (200, 200)
    assert (status("/garden"), status("/garden/imports")) == (404, 404)
    assert (status("/attic/imports"), status("/attic/rounds", "post")) == (404, 404)
    assert (status("/garden/exports/prompts.jsonl"), status("", "post")) == (404, 403)


@pytest.mark.django_db
def test_nobody_makes_a_token_for_a_project_that_they_are_not_in():
    ada = make_user("Ada")
    with pytest.raises(BadInputError, match="no such project"):
        secret_of(ada, project=make_project("kitchen").pk)
