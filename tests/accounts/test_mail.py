"""Links by mail: only where there is a mail server, and never into the log."""

import smtplib

import pytest
from django.core import checks, mail

from accounts.checks import proxies_are_counted, the_site_answers_by_its_name
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"


def test_without_a_mail_server_the_page_says_whom_to_ask(client, settings, caplog, capfd) -> None:
    settings.SENDS_MAIL = False
    make_user("Ada")
    assert "Ask a site admin for a sign-in link" in client.get(RESET).content.decode()
    sent = client.post(RESET, {"email": "ada@example.org"})
    assert (sent.status_code, mail.outbox) == (409, [])
    written = caplog.text + "".join(capfd.readouterr())
    assert "password/reset/key" not in written


@pytest.mark.parametrize("error", [smtplib.SMTPAuthenticationError(535, b"no"), TimeoutError()])
@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_mail_server_that_refuses_is_told_and_the_address_stays(
    client, monkeypatch, caplog, error: OSError, email: str
) -> None:
    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    make_user("Ada")
    page = client.post(RESET, {"email": email})
    assert page.status_code == 503
    assert "The mail server does not answer" in page.content.decode()
    assert f'value="{email}"' in page.content.decode()
    assert email not in caplog.text


@pytest.mark.parametrize(
    ("https", "proxies", "warned"), [(True, 0, True), (True, 1, False), (False, 0, False)]
)
def test_a_proxy_that_is_not_counted_is_warned_of(settings, https, proxies, warned) -> None:
    settings.HTTPS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = https, proxies
    found = [problem.id for problem in checks.run_checks() if problem.id == "accounts.W001"]
    assert found == ["accounts.W001"] * warned
    assert bool(proxies_are_counted()) == warned


@pytest.mark.parametrize(
    ("site", "hosts", "warned"),
    [
        ("https://rondo.example.org", ["localhost"], True),
        ("https://rondo.example.org", [".example.org"], False),
        ("http://[::1]:8000", ["[::1]"], False),
    ],
)
def test_a_site_that_would_answer_nobody_is_warned_of(settings, site, hosts, warned) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, hosts
    assert [problem.id for problem in the_site_answers_by_its_name()] == ["accounts.W002"] * warned
