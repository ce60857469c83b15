"""Limits by address: whose they count for, and what they outlive."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from accounts import services
from accounts.adapter import ClosedSignupAdapter
from accounts.models import ApiToken
from core.errors import ConflictError
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.9"


def address(forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)
    return ClosedSignupAdapter(request).get_client_ip(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, None, PROXY),
        (0, "6.6.6.6", PROXY),
        (1, "7.7.7.7", "7.7.7.7"),
        (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),  # what the client itself wrote stands before
        (2, "6.6.6.6, 7.7.7.7, 10.0.0.8", "7.7.7.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, None, PROXY),
        (2, "7.7.7.7", PROXY),  # fewer than there should be
        (1, "unknown", PROXY),
        (1, "", PROXY),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(
    settings, proxies: int, forwarded: str | None, counted: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert address(forwarded) == counted


def fail(client, login: str, forwarded: str) -> int:
    data = {"login": login, "password": "wrong"}
    headers = {"X-Forwarded-For": forwarded}
    return client.post("/accounts/login/", data, headers=headers).status_code


def test_behind_a_proxy_one_person_does_not_lock_the_others_out(client, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    tries = [fail(client, f"nobody{n}@example.org", "7.7.7.7") for n in range(11)]
    assert tries == [200] * 10 + [429]
    assert fail(client, "ada@example.org", "8.8.8.8") == 200


def test_a_counter_outlives_many_others(client) -> None:
    make_user("Ada")
    for _ in range(5):
        fail(client, "ada@example.org", "")
    for number in range(400):
        cache.set(f"another-{number}", [1.0], 300)
    assert fail(client, "ada@example.org", "") == 429


def test_a_person_has_a_limited_number_of_tokens_that_open_something() -> None:
    ada, bob = make_user("Ada"), make_user("Bob")
    made = [
        services.create_api_token(user=ada, name="cluster")[0] for _ in range(services.MAX_TOKENS)
    ]
    with pytest.raises(ConflictError, match="Revoke one first"):
        services.create_api_token(user=ada, name="one more")
    services.create_api_token(user=bob, name="his first")

    services.revoke_api_token(user=ada, pk=made[0].pk)
    services.create_api_token(user=ada, name="one more")
    assert ApiToken.objects.alive().filter(user=ada).count() == services.MAX_TOKENS


def test_the_page_says_that_there_are_enough_tokens_and_keeps_what_was_typed(client) -> None:
    ada = make_user("Ada")
    client.force_login(ada)
    for _ in range(services.MAX_TOKENS):
        services.create_api_token(user=ada, name="cluster")
    page = client.post("/tokens/", {"name": "night run", "scope": "read", "days": "30"})
    assert page.status_code == 422
    assert "Revoke one first" in page.content.decode()
    assert 'value="night run"' in page.content.decode()
