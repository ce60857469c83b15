"""Who may send how much, and where to."""

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from accounts.models import ApiToken
from accounts.services import create_api_token
from config.senders import FILES, limit_of
from core import limits
from labeling.models import Role
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


def asked(path="/theme/", **headers):
    return limit_of(RequestFactory().post(path, headers=headers).environ)


@pytest.fixture
def cookie():
    client = Client()
    client.force_login(make_member(make_project(slug="alpha"), "Mona", Role.MANAGER))
    return f"sessionid={client.session.session_key}"


def test_somebody_whom_we_know_may_send_more_and_a_file_to_the_import_alone(cookie):
    addresses = ("/theme/", "/projects/alpha/prompts/import/", "/nowhere/")

    assert [asked(path, Cookie=cookie) for path in addresses] == [
        *(limits.SIGNED_IN, limits.IMPORT_FILE + limits.FORM, limits.SIGNED_OUT),
    ]
    assert {asked(path) for path in addresses} == {limits.SIGNED_OUT}


@pytest.mark.parametrize("value", ["x" * 32, "", '"a\\000b"', "ü"])
def test_a_cookie_that_opens_nothing_allows_nothing(value):
    assert asked(Cookie=f"sessionid={value}") == limits.SIGNED_OUT


def test_a_session_that_has_ended_allows_nothing(cookie):
    assert asked(Cookie=cookie) == limits.SIGNED_IN
    Client(headers={"Cookie": cookie}).post("/accounts/logout/")
    assert asked(Cookie=cookie) == limits.SIGNED_OUT


def test_a_token_counts_as_its_person_as_long_as_it_may_be_used():
    user = make_member(make_project(), "Mona", Role.MANAGER)
    token, secret = create_api_token(user=user, name="cluster", scope="write")

    assert asked(Authorization=f"Bearer {secret}") == limits.SIGNED_IN
    ApiToken.objects.filter(pk=token.pk).delete()
    assert asked(Authorization=f"Bearer {secret}") == limits.SIGNED_OUT


@pytest.mark.parametrize(
    ("name", "most"), [("imports", limits.IMPORT_FILE), ("corpora", limits.CORPUS_FILE)]
)
def test_a_body_of_the_api_may_be_as_large_as_a_file(name, most):
    found = resolve(f"/api/v1/projects/kitchen/{name}")

    assert FILES.get(found.view_name) == most
