"""A site that is reached otherwise than it is set up for says so."""

import pytest
from django.test import Client

from labeling.models import Role
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db
STALE = "This form is no longer valid"
WRONG = "This site is set up for another address than the one you use. Open https://rondo.example"
HTTPS = "https://rondo.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL, settings.HTTPS = HTTPS, True
    settings.CSRF_TRUSTED_ORIGINS = [HTTPS]
    settings.ALLOWED_HOSTS = ["rondo.example", "127.0.0.1"]


def posted(client=None, *, cookie=True, **headers):
    client = client or Client(enforce_csrf_checks=True)
    if cookie:
        client.cookies["csrftoken"] = "x" * 32
    response = client.post("/theme/", {"theme": "dark"}, headers=headers)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        ({"Host": "127.0.0.1", "Origin": "https://rondo.example:8443"}, True),  # no Host passed on
        ({"Host": "rondo.example", "Origin": "https://other.example"}, True),
        ({"Host": "rondo.example", "Origin": "http://rondo.example"}, False),  # cookies need TLS
    ],
)
def test_a_form_that_comes_by_another_address_is_told_where_the_site_is(caplog, headers, cookie):
    status, text = posted(cookie=cookie, **headers)

    assert (status, WRONG in text, STALE in text) == (403, True, False)
    assert "received" not in text
    assert f"SITE_URL={HTTPS}" in caplog.text
    assert f"Host: {headers['Host']}, Origin: {headers['Origin']}" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rondo.example", "Origin": HTTPS},
        {"Host": "127.0.0.1"},
        {"Host": "rondo.example", "Origin": "null"},
    ],
)
def test_a_form_that_was_open_for_too_long_is_told_so(headers):
    assert [word in posted(**headers)[1] for word in (STALE, WRONG)] == [True, False]


def test_managers_are_told_what_was_received_and_annotators_are_not():
    project = make_project()
    told = []
    for role in (Role.MANAGER, Role.ANNOTATOR):
        client = Client(enforce_csrf_checks=True)
        client.force_login(make_member(project, str(role), role))
        _, text = posted(client, Host="127.0.0.1", Origin="https://<b>.example")
        told.append("received: Host: 127.0.0.1, Origin: https://&lt;b&gt;.example." in text)
    assert told == [True, False]


def test_another_host_name_is_told_where_the_site_is(caplog):
    response = Client().get("/", headers={"Host": "second.example", "Referer": f"{HTTPS}/a/b"})

    assert (response.status_code, WRONG in response.content.decode()) == (400, True)
    assert f"received: Host: second.example, Referer: {HTTPS};" in caplog.text

    problem = Client().get("/api/v1/projects", headers={"Host": "second.example"})
    assert (problem.status_code, problem.json()["type"]) == (400, "wrong_address")
