"""A session is read with its person; what ended one before ends it still."""

import importlib

import pytest
from django.contrib.sessions.models import Session as OldSession
from django.db import connection
from django.test import Client

from accounts.models import Session, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada is signed in here."""
    client = Client()
    client.force_login(ada)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_one_query_brings_the_session_and_the_person(
    ada: User, browser: Client, django_assert_num_queries
) -> None:
    assert Session.objects.get().user == ada
    with django_assert_num_queries(1):
        page = browser.get("/nowhere/")  # its bar names the person

    assert "Ada" in page.content.decode()


def test_signing_out_ends_the_session(browser: Client) -> None:
    old = browser.cookies["sessionid"].value
    browser.post("/accounts/logout/")
    browser.cookies["sessionid"] = old

    assert not is_signed_in(browser)
    assert not Session.objects.filter(pk=old).exists()


@pytest.mark.parametrize("script", [True, False])
def test_an_answer_that_comes_late_does_not_end_a_newer_session(
    browser: Client, script: bool
) -> None:
    """It was asked for with the session of before; the browser holds the next one by now."""
    Session.objects.all().delete()
    answer = browser.get("/profile/", headers={"HX-Request": "true"} if script else {})

    assert answer.status_code == (401 if script else 302)
    assert "sessionid" not in answer.cookies


def test_signing_out_takes_the_cookie_away(browser: Client) -> None:
    assert browser.post("/accounts/logout/").cookies["sessionid"].value == ""


def test_a_new_password_ends_the_session(ada: User, browser: Client) -> None:
    ada.set_password("correct horse battery")
    ada.save()

    assert not is_signed_in(browser)


def test_a_deactivated_person_is_signed_out(ada: User, browser: Client) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert not is_signed_in(browser)


def test_a_deleted_person_leaves_no_session(ada: User, browser: Client) -> None:
    ada.delete()

    assert not is_signed_in(browser)
    assert not Session.objects.exclude(user=None).exists()


def test_a_session_says_who_it_is_by_its_own_data(ada: User, browser: Client) -> None:
    """The column is for reading in one go: it signs nobody in."""
    Session.objects.update(user=make_user("Eve"))

    assert "Ada" in browser.get("/profile/").content.decode()


def test_a_row_without_data_of_its_own_signs_nobody_in(ada: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    store = Session.get_session_store_class()()
    store["theme"] = "dark"
    store.create()
    Session.objects.filter(pk=store.session_key).update(user=ada)
    client.cookies["sessionid"] = store.session_key

    assert not is_signed_in(client)


def test_an_upgrade_signs_nobody_out(browser: Client) -> None:
    old = Session.objects.get()
    OldSession.objects.create(pk=old.pk, session_data=old.session_data, expire_date=old.expire_date)
    old.delete()
    name = "accounts.migrations.0002_sessions_with_people"
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module(name).MOVE)

    assert is_signed_in(browser)
    assert not OldSession.objects.exists()
