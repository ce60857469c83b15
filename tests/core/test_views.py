"""Error pages, in HTML for people and problem JSON for the API."""

import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from core import limits
from embedded.spawn import give_away
from tests.factories import make_user
from tests.small_disk import fill, small_disk

PAGE = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"


def test_unknown_address_is_a_page_for_people(client):
    response = client.get("/nowhere/")
    assert (response.status_code, response["Content-Type"]) == (404, PAGE)
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.parametrize(("language", "title"), [("en", "Not found"), ("zh-hans", "未找到")])
def test_a_page_of_an_error_says_in_words_which(client, language, title):
    page = client.get("/nowhere/", headers={"Accept-Language": language}).content.decode()

    assert f"<title>{title} · Rondo</title>" in page
    assert f'<h1>{title} <span class="quiet">404</span></h1>' in page


def test_unknown_address_is_a_problem_for_programs(client):
    response = client.get("/api/v1/nowhere")
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    assert response.json() == {
        "type": "not_found",
        "title": "Not found",
        "status": 404,
        "detail": "The API has no such address: /api/v1/docs lists those that it has.",
        "errors": [],
        "request_id": response["X-Request-ID"],
    }


def test_htmx_gets_the_message_alone(client):
    response = client.get("/nowhere/", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert "<html" not in response.content.decode()


def test_a_script_of_somebody_who_is_signed_out_is_told_so_and_a_person_is_sent_to_sign_in(client):
    partial = client.get("/profile/", headers={"HX-Request": "true"})
    problem = client.get("/profile/", headers={"Accept": "application/json"})

    assert (partial.status_code, problem.status_code) == (401, 401)
    assert 'href="/accounts/login/?next=/profile/"' in partial.content.decode()
    assert problem.json()["detail"] == "You are signed out."
    assert client.get("/profile/")["Location"] == "/accounts/login/?next=/profile/"


@pytest.mark.parametrize(("path", "kind"), [("/healthz", PAGE), ("/api/v1/projects", PROBLEM)])
def test_wrong_method_has_a_body_and_names_the_right_ones(client, path, kind):
    response = client.delete(path)
    assert (response.status_code, response["Content-Type"]) == (405, kind)
    assert "GET" in response["Allow"]


@pytest.mark.django_db
def test_too_large_a_body_is_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
    body = b"theme=" + b"x" * 2**20
    form = "application/x-www-form-urlencoded"
    response = client.post("/theme/", body, content_type=form)
    assert (response.status_code, response["Content-Type"]) == (413, PAGE)


@pytest.mark.django_db
def test_stale_form_says_what_to_do(client):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


def ask_amid(fault, path, monkeypatch):
    """The answer to somebody known, where whatever looks them up raises `fault`."""

    def fail(*args, **kwargs):
        raise fault

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    monkeypatch.setattr("accounts.services.use_api_token", fail)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    return client.get(path, headers={"Authorization": "Bearer rondo_x"})


@pytest.mark.parametrize(("path", "kind"), [("/profile/", PAGE), ("/api/v1/projects", PROBLEM)])
@pytest.mark.parametrize(
    ("fault", "status", "retry"),
    [(OperationalError("canary"), 503, "5"), (RuntimeError("canary"), 500, None)],
)
def test_faults_of_ours_need_no_database_and_show_no_trace(
    monkeypatch, path, kind, fault, status, retry
):
    """The database is away in every layer: session, user, page."""
    response = ask_amid(fault, path, monkeypatch)
    assert (response.status_code, response["Content-Type"]) == (status, kind)
    assert response.get("Retry-After") == retry
    assert response["X-Request-ID"] in response.content.decode()
    assert "canary" not in response.content.decode()


def test_browsers_find_an_icon_everywhere(client):
    assert client.get("/favicon.ico")["Location"] == "/static/core/icon.svg"


def test_pages_forbid_inline_script_and_style(client):
    policy = client.get("/nowhere/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def fault_of(cause, fault):
    fault.__cause__ = cause
    return fault


FULL_FILE = OSError(28, "No space left on device")
FULL_DATABASE = fault_of(psycopg.errors.DiskFull("canary"), OperationalError("canary"))


@pytest.mark.parametrize(("path", "kind"), [("/profile/", PAGE), ("/api/v1/projects", PROBLEM)])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FULL_FILE, "The disk of this server is full"),
        (fault_of(FULL_FILE, RuntimeError("canary")), "The disk of this server is full"),
        (FULL_DATABASE, "The disk of the database is full"),
    ],
)
def test_a_full_disk_is_called_one(monkeypatch, path, kind, fault, said):
    """Folder of artifacts, temporary files, and what Django takes for a lost database."""
    response = ask_amid(fault, path, monkeypatch)
    assert (response.status_code, response["Content-Type"]) == (503, kind)
    assert response["Retry-After"] == "5"
    assert said in response.content.decode()
    assert "canary" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refused", "status", "said"),
    [(408, 408, "too slowly"), (503, 503, "Too many large files"), (507, 503, "is full")],
)
def test_a_body_that_was_not_read_says_why(client, refused, status, said):
    response = client.post("/accounts/login/", **{limits.REFUSAL: (refused, 8)})

    assert response.status_code == status
    assert said in response.content.decode()
    assert ("Retry-After" in response) == (status == 503)


@pytest.mark.django_db(transaction=True)
def test_a_database_whose_disk_is_really_full_says_so(client):
    """A table on a small disk, which sign-in has to write to."""
    with small_tablespace("accounts_session") as folder:
        ada = make_user("Ada")
        fill(folder)
        with suppress(OperationalError):  # once the pages that the table has are full
            for _ in range(1000):
                Client().force_login(ada)

        client.raise_request_exception = False
        credentials = {"login": "ada@example.org", "password": "password"}
        response = client.post("/accounts/login/", credentials)
        assert response.status_code == 503
        assert "The disk of the database is full" in response.content.decode()
        assert client.get("/accounts/login/").status_code == 200  # what only reads goes on

        (folder / "ballast").unlink()
        assert client.post("/accounts/login/", credentials).status_code == 302


@contextmanager
def small_tablespace(table):
    """`table` on a disk of half a MiB."""
    with (
        tempfile.TemporaryDirectory() as parent,
        small_disk(Path(parent) / "small", kilobytes=512) as folder,
        connection.cursor() as cursor,
    ):
        Path(parent).chmod(0o711)
        space = folder / "space"
        space.mkdir()
        give_away(space)
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")
        try:
            yield folder
        finally:
            (folder / "ballast").unlink(missing_ok=True)
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")
