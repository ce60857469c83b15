"""What the site's address decides."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config import env


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_mails_link_to_the_scheme_of_the_site(scheme: str) -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings_test import *; print(ACCOUNT_DEFAULT_HTTP_PROTOCOL)",
        ],
        env={
            **os.environ,
            "PYTHONPATH": f"{settings.ROOT}:{settings.ROOT / 'platform'}",
            "SITE_URL": f"{scheme}://rondo.example.org",
            "ALLOW_PLAIN_HTTP": "True",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == scheme


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://host/rondo", "not under a path of one"),
        ("https://host/?a", "not under a path of one"),
        ("https://me:secret@host", "not under a path of one"),
        ("rondo.example.org", "write https://host or http://host:port"),
        ("ftp://host", "write https://host or http://host:port"),
    ],
)
def test_an_address_that_half_of_rondo_would_ignore_is_refused(monkeypatch, address, reason):
    monkeypatch.setenv("SITE_URL", address)
    with pytest.raises(ImproperlyConfigured, match=reason):
        env.site("SITE_URL", default="")


def test_the_address_of_the_site_is_taken_without_its_last_slash(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://rondo.example.org:8443/")
    assert env.site("SITE_URL", default="") == "https://rondo.example.org:8443"


@pytest.mark.django_db
def test_a_transaction_that_nobody_goes_on_with_ends() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")

        assert cursor.fetchone() == ("10min",)
