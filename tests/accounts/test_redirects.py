"""Where a redirect leads is one line, whatever was asked for."""

from urllib.parse import urljoin, urlsplit

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db
SPLITTING = [
    "/profile/\r\nSet-Cookie: planted=1",
    "/profile/\nLocation: https://evil.example",
    "/profile/%0d%0aSet-Cookie:%20planted=1",
    "/profile/\u560d\u560aSet-Cookie: planted=1",
    "\r\n/profile/",
]


@pytest.mark.parametrize("target", SPLITTING)
def test_line_ends_in_a_target_split_no_header(client, target: str) -> None:
    make_user("Ada")
    answers = [
        client.post("/theme/", {"theme": "dark", "next": target}),
        client.post("/language/", {"language": "en", "next": target}),
        client.get("/theme/", {"next": target}),
        client.get(f"/profile?x={target}"),
        client.get("/tokens/", {"next": target}),
        client.post(
            "/accounts/login/",
            {"login": "ada@example.org", "password": "password", "next": target},
        ),
    ]
    for answer in answers:
        assert answer.status_code in {301, 302, 405}
        for name, value in answer.items():
            assert not set("\r\n") & set(name + value)
        assert "planted" not in answer.cookies
        target_host = urlsplit(urljoin("http://testserver/", answer.get("Location", "/"))).netloc
        assert target_host == "testserver"


@pytest.mark.parametrize("name", ["Ada\r\nSet-Cookie: planted=1", "Ada\nBob", "Ada\u2028Bob"])
def test_a_name_is_one_line(client, name: str) -> None:
    ada = make_user("Ada")
    client.force_login(ada)
    refused = client.post("/profile/", {"name": name})
    ada.refresh_from_db()
    assert ("Location" in refused, ada.name) == (False, "Ada")
