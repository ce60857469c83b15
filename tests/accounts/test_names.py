"""Nobody takes a name that others take for somebody else's."""

import pytest

from accounts.names import free_name, unlike
from accounts.services import make_site_admin
from core.errors import ConflictError
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TWINS = ["Mona", "MONA", "Моnа", "ｍｏｎａ", "rnona", " Mona "]


@pytest.mark.parametrize("name", TWINS)
def test_a_name_that_looks_like_somebody_elses_is_refused(client, name: str) -> None:
    make_user("Mona")
    ada = make_user("Ada")
    client.force_login(ada)

    page = client.post("/profile/", {"name": name})

    assert "looks like it" in page.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada"
    with pytest.raises(ConflictError):
        unlike(name)


def test_ones_own_name_may_be_written_otherwise(client) -> None:
    ada = make_user("Ada")
    client.force_login(ada)
    assert client.post("/profile/", {"name": "ADA"}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == "ADA"


def test_who_shares_a_name_from_before_keeps_it(client) -> None:
    make_user("Mona")
    twin = make_user("Mona", email="mona@example.com")
    client.force_login(twin)
    assert client.post("/profile/", {"name": "Mona"}).status_code == 302


def test_a_name_that_nobody_chose_gets_a_number() -> None:
    make_user("root")
    make_user("Root 2", email="second@example.org")
    assert free_name("Root") == "Root 3"
    assert make_site_admin(email="root@example.com", name="root").name == "root 3"
