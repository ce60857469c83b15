"""What the site's address decides."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection


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


@pytest.mark.django_db
def test_a_transaction_that_nobody_goes_on_with_ends() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")

        assert cursor.fetchone() == ("10min",)


def test_artifacts_at_a_url_have_a_folder_of_copies_here() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings_test import *;"
            " print(STORE_URL, ARTIFACTS, CACHE_BYTES, STORE_KEYS)",
        ],
        env={
            **os.environ,
            "PYTHONPATH": f"{settings.ROOT}:{settings.ROOT / 'platform'}",
            "RONDO_ARTIFACTS": "s3://bucket/rondo/",
            "RONDO_CACHE": "/fast",
            "RONDO_CACHE_GB": "0.5",
            "AWS_ENDPOINT_URL": "",
            "AWS_ACCESS_KEY_ID": "me",
            "AWS_SECRET_ACCESS_KEY": "secret",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    keys = {"endpoint_url": "", "key": "me", "secret": "secret"}
    assert found.stdout.strip() == f"s3://bucket/rondo /fast 500000000.0 {keys}"
