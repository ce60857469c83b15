"""Headers of every answer, and addresses without their last slash."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/static/core/rondo.css"])
def test_browsers_stay_with_https_where_people_type_it(client, settings, path: str) -> None:
    settings.HTTPS = True
    for https, header in ((True, "max-age=31536000"), (False, None)):
        settings.HTTPS = https
        response = client.get(path)
        assert response.get("Strict-Transport-Security") == header
        response.close()


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_sent_without_the_last_slash_is_not_lost_by_a_redirect(
    client, settings, method: str, debug: bool
) -> None:
    settings.DEBUG = debug
    ada = make_user("Ada")
    client.force_login(ada)
    response = getattr(client, method)("/profile")
    assert response.status_code == 404
    assert "This address ends with a slash: send it again to /profile/" in response.content.decode()
    problem = getattr(client, method)("/profile", headers={"Accept": "application/json"}).json()
    assert (problem["type"], problem["status"]) == ("no_slash", 404)


def test_a_page_without_the_last_slash_is_found(client) -> None:
    moved = client.get("/accounts/login?next=/x/")
    assert (moved.status_code, moved["Location"]) == (301, "/accounts/login/?next=/x/")
    assert client.post("/nowhere").status_code == 404
