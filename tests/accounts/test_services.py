"""Links and tokens: hashed, ending, used once or revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, AuditEntry, SignInLink
from core.errors import BadInputError, NotFoundError
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


def test_link_opens_once(settings):
    ada = make_user("Ada")
    link = services.create_sign_in_link(user=ada)
    assert link.startswith(f"{settings.SITE_URL}/sign-in/")
    assert services.use_sign_in_link(token=token_of(link)) == ada
    with pytest.raises(NotFoundError):
        services.use_sign_in_link(token=token_of(link))


def test_a_new_link_and_the_use_of_one_end_those_before():
    ada, bob = make_user("Ada"), make_user("Bob")
    first, second = (services.create_sign_in_link(user=ada) for _ in range(2))
    others = services.create_sign_in_link(user=bob)
    with pytest.raises(NotFoundError):
        services.use_sign_in_link(token=token_of(first))
    SignInLink.objects.filter(user=ada).update(used_at=None)  # as before links ended each other
    services.use_sign_in_link(token=token_of(second))
    with pytest.raises(NotFoundError):
        services.use_sign_in_link(token=token_of(first))
    assert services.use_sign_in_link(token=token_of(others)) == bob


def test_database_holds_no_link_and_no_token():
    ada = make_user("Ada")
    link = services.create_sign_in_link(user=ada)
    token, secret = services.create_api_token(user=ada, name="cluster", scope="read", days=30)
    row = SignInLink.objects.get()
    assert token_of(link) not in str(vars(row))
    token.refresh_from_db()
    assert secret not in str(vars(token))
    assert secret.startswith(token.prefix)


def test_expired_link_and_link_of_a_closed_account_open_nothing():
    ada, bob = make_user("Ada"), make_user("Bob", is_active=False)
    for link in (
        services.create_sign_in_link(user=ada, hours=-1),
        services.create_sign_in_link(user=bob),
    ):
        with pytest.raises(NotFoundError):
            services.use_sign_in_link(token=token_of(link))


def test_token_works_until_it_is_revoked():
    ada = make_user("Ada")
    token, secret = services.create_api_token(user=ada, name="cluster")
    assert services.use_api_token(secret=secret) == token
    services.revoke_api_token(user=ada, pk=token.pk)
    assert services.use_api_token(secret=secret) is None


def test_token_ends_with_its_time_or_its_owner():
    ada, bob = make_user("Ada"), make_user("Bob")
    late, late_secret = services.create_api_token(user=ada, name="late")
    ApiToken.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    _, closed_secret = services.create_api_token(user=bob, name="closed")
    bob.is_active = False
    bob.save()
    assert services.use_api_token(secret=late_secret) is None
    assert services.use_api_token(secret=closed_secret) is None
    assert services.use_api_token(secret="\ud800") is None


def test_use_of_a_token_is_noted_to_the_minute(django_assert_num_queries):
    token, secret = services.create_api_token(user=make_user("Ada"), name="cluster")
    services.use_api_token(secret=secret)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    with django_assert_num_queries(2):
        services.use_api_token(secret=secret)
    assert first is not None
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first


@pytest.mark.parametrize(
    "fields", [{"scope": "admin"}, {"days": 0}, {"days": 10_000}, {"name": "a\u202eb"}]
)
def test_token_refuses_what_is_out_of_range(fields):
    with pytest.raises(BadInputError):
        services.create_api_token(user=make_user("Ada"), **{"name": "cluster", **fields})


def test_nobody_revokes_the_token_of_another():
    token, secret = services.create_api_token(user=make_user("Ada"), name="cluster")
    with pytest.raises(NotFoundError):
        services.revoke_api_token(user=make_user("Bob"), pk=token.pk)
    assert services.use_api_token(secret=secret) == token


def test_each_change_is_in_the_audit_trail_once():
    ada = make_user("Ada")
    services.use_sign_in_link(token=token_of(services.create_sign_in_link(user=ada)))
    token, _ = services.create_api_token(user=ada, name="cluster")
    services.revoke_api_token(user=ada, pk=token.pk)
    services.revoke_api_token(user=ada, pk=token.pk)
    entries = AuditEntry.objects.order_by("pk").values_list("actor__name", "action", "target")
    assert list(entries) == [
        ("Ada", "user.signed_in_by_link", f"accounts.User:{ada.pk}"),
        ("Ada", "api_token.created", f"accounts.ApiToken:{token.pk}"),
        ("Ada", "api_token.revoked", f"accounts.ApiToken:{token.pk}"),
    ]


@pytest.mark.parametrize("opened_by", ["a manager", "the server"])
def test_who_used_a_link_of_somebody_does_not_become_the_site_admin_with_them(client, opened_by):
    """A manager who kept Vic's link, and chose the password, would administer the site."""
    vic = make_user("Vic")
    boss = make_user("Boss") if opened_by == "a manager" else None
    services.create_sign_in_link(user=vic, issuer=boss)
    SignInLink.objects.filter(user=vic).update(used_at=timezone.now())
    vic.set_password("chosen by whoever came first")
    vic.save()
    client.force_login(vic)
    _token, secret = services.create_api_token(user=vic, name="kept")

    services.make_site_admin(email=vic.email, name="Vic")

    vic.refresh_from_db()
    opens = (
        vic.has_usable_password(),
        client.get("/profile/").status_code == 200,
        services.use_api_token(secret=secret) is not None,
    )
    assert opens == ((False,) * 3 if boss else (True,) * 3)


def test_site_admin_is_made_or_promoted():
    bob = make_user("Bob", is_active=False)
    assert services.make_site_admin(email="BOB@example.org", name="x") == bob
    bob.refresh_from_db()
    assert (bob.is_superuser, bob.is_active, bob.name) == (True, True, "Bob")
    new = services.make_site_admin(email="eve@example.org", name="Eve")
    assert (new.is_superuser, new.has_usable_password()) == (True, False)
