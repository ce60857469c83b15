"""Account pages: sign-in, one-time links, password, profile, tokens."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import ApiToken
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = "password", **extra: str):
    return client.post("/accounts/login/", {"login": email, "password": password, **extra})


def test_sign_in_takes_a_new_session_key_and_goes_home(client):
    make_user("Ada")
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    response = sign_in(client, "ada@example.org")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["//evil.example", "\\\\evil.example", "javascript:alert(1)"])
def test_sign_in_goes_nowhere_else(client, target):
    make_user("Ada")
    assert sign_in(client, "ada@example.org", next=target)["Location"] == "/"


def test_sign_in_goes_back_to_the_page_that_asked(client):
    make_user("Ada")
    assert sign_in(client, "ada@example.org", next="/tokens/")["Location"] == "/tokens/"


def test_known_and_unknown_address_fail_alike(client):
    make_user("Ada")
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{12}|value="[^"]+@[^"]+"')
    known, unknown = (
        token.sub("", sign_in(client, f"{name}@example.org", "wrong").content.decode())
        for name in ("ada", "nobody")
    )
    assert known == unknown


def test_sixth_wrong_password_is_429_even_when_it_is_right(client):
    make_user("Ada")
    for _ in range(5):
        assert sign_in(client, "ada@example.org", "wrong").status_code == 200
    response = sign_in(client, "ada@example.org")
    assert response.status_code == 429
    assert response["Retry-After"] == "300"


def test_limit_does_not_believe_a_forged_address(client):
    make_user("Ada")
    statuses = [
        client.post(
            "/accounts/login/",
            {"login": f"nobody{n}@example.org", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        ).status_code
        for n in range(11)
    ]
    assert statuses == [200] * 10 + [429]


def test_sign_up_is_closed(client):
    assert "closed" in client.get("/accounts/signup/").content.decode()
    assert client.post("/accounts/signup/").status_code == 405


def test_link_preview_does_not_burn_the_link(client):
    ada = make_user("Ada")
    address = services.create_sign_in_link(user=ada)
    for _ in range(3):
        assert Client().get(address).status_code == 200
    response = client.post(address)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert Client().post(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_first_link_leads_to_the_first_password(client):
    admin = services.make_site_admin(email="eve@example.org", name="Eve")
    response = client.post(services.create_sign_in_link(user=admin))
    assert response["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
    secret = "correct horse battery"
    done = client.post("/accounts/password/set/", {"password1": secret, "password2": secret})
    assert done["Location"] == "/"
    assert sign_in(Client(), "eve@example.org", secret)["Location"] == "/"


def test_password_change_ends_other_sessions_and_keeps_this_one(client):
    make_user("Ada")
    other = Client()
    sign_in(client, "ada@example.org")
    sign_in(other, "ada@example.org")
    new = "correct horse battery"
    done = client.post(
        "/accounts/password/change/",
        {"oldpassword": "password", "password1": new, "password2": new},
    )
    assert done["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200
    assert other.get("/profile/").status_code == 302


def test_password_change_ends_the_links(client):
    ada = make_user("Ada")
    link = services.create_sign_in_link(user=ada)
    client.force_login(ada)
    new = "correct horse battery"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": "password", "password1": new, "password2": new},
    )
    ada.refresh_from_db()
    assert ada.check_password(new)
    assert Client().post(link).status_code == 404


def test_a_link_whose_form_is_stale_is_not_logged(caplog):
    caplog.set_level("INFO")
    link = services.create_sign_in_link(user=make_user("Ada"))
    response = Client(enforce_csrf_checks=True).post(link)
    assert response.status_code == 403
    assert "csrf failure at sign_in_link" in caplog.text
    assert link.rstrip("/").rsplit("/", 1)[1] not in caplog.text


def test_password_reset_by_mail(client):
    make_user("Ada")
    asked = client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    assert asked["Location"] == "/accounts/password/reset/done/"
    assert client.get(asked["Location"]).status_code == 200
    link = re.search(rf"{settings.SITE_URL}(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    secret = "correct horse battery"
    done = client.post(
        page.redirect_chain[-1][0], {"password1": secret, "password2": secret}, follow=True
    )
    assert done.status_code == 200
    assert sign_in(Client(), "ada@example.org", secret)["Location"] == "/"
    assert "no longer valid" in Client().get(link).content.decode()


def test_password_reset_answers_alike_for_an_unknown_address(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert response["Location"] == "/accounts/password/reset/done/"


def test_signing_out_needs_a_post(client):
    make_user("Ada")
    sign_in(client, "ada@example.org")
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_language_is_kept_on_the_person(client):
    ada = make_user("Ada")
    client.force_login(ada)
    response = client.post("/language/", {"language": "zh-hans", "next": "/profile/"})
    assert response["Location"] == "/profile/"
    ada.refresh_from_db()
    assert ada.language == "zh-hans"
    elsewhere = Client()
    elsewhere.force_login(ada)
    assert '<html lang="zh-hans"' in elsewhere.get("/profile/").content.decode()


def test_theme_is_kept_on_the_person_and_in_the_cookie(client):
    ada = make_user("Ada")
    client.force_login(ada)
    client.post("/theme/", {"theme": "dark", "next": "/profile/"})
    ada.refresh_from_db()
    assert ada.theme == "dark"
    assert 'data-theme="dark"' in client.get("/profile/").content.decode()
    client.post("/accounts/logout/")
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


def test_switches_refuse_nonsense_and_foreign_targets(client):
    assert client.post("/theme/", {"theme": "pink"}).status_code == 422
    assert client.post("/language/", {"language": "xx"}).status_code == 422
    assert client.post("/theme/", {"theme": "dark", "next": "//evil.example"})["Location"] == "/"
    assert client.get("/theme/").status_code == 405


def test_profile_refuses_a_name_that_misleads(client):
    ada = make_user("Ada")
    client.force_login(ada)
    refused = client.post("/profile/", {"name": "Ad\u202ea"})
    assert "invisible" in refused.content.decode()
    client.post("/profile/", {"name": " Ada L. ", "is_superuser": "1"})
    ada.refresh_from_db()
    assert (ada.name, ada.is_superuser) == ("Ada L.", False)


def test_name_is_inert_in_the_page(client):
    client.force_login(make_user("<script>alert(1)</script>", email="x@example.org"))
    assert "<script>alert" not in client.get("/profile/").content.decode()


def test_token_is_shown_once(client):
    client.force_login(make_user("Ada"))
    made = client.post("/tokens/", {"name": "cluster", "scope": "read", "days": "30"})
    secret = re.search(r'id="secret">(rondo_[^<]+)<', made.content.decode())[1]
    assert services.use_api_token(secret=secret) == ApiToken.objects.get()
    assert secret not in client.get("/tokens/").content.decode()


def test_nobody_sees_or_revokes_the_token_of_another(client):
    token, _ = services.create_api_token(user=make_user("Ada"), name="of Ada")
    client.force_login(make_user("Bob"))
    assert "of Ada" not in client.get("/tokens/").content.decode()
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 404


def test_create_admin_prints_a_link_that_signs_in(client, capsys):
    from django.core.management import call_command

    call_command("create_admin", email="eve@example.org")
    link = capsys.readouterr().out.strip()
    assert client.post(link).status_code == 302
    assert client.get("/profile/").status_code == 200


def test_sign_in_link_prints_a_link_for_an_account_and_makes_nobody_an_admin(client, capsys):
    from django.core.management import CommandError, call_command

    ada = make_user("Ada")
    make_user("Bob", is_active=False)
    call_command("sign_in_link", email="ADA@example.org")
    assert client.post(capsys.readouterr().out.strip()).status_code == 302
    assert client.session["_auth_user_id"] == str(ada.pk)
    ada.refresh_from_db()
    assert not ada.is_superuser
    for email in ("bob@example.org", "nobody@example.org"):
        with pytest.raises(CommandError, match="no open account"):
            call_command("sign_in_link", email=email)


def test_create_admin_refuses_what_is_not_an_address():
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("create_admin", email="eve")
