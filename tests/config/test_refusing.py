"""Settings that would let strangers in end the start with a reason for each."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from config.refusing import reasons

FINE = {
    "secret_key": "Q5jJ0wVn3yXk8sLr2mTz7bCfGdHaEpUi",
    "debug": False,
    "site_url": "https://rondo.example.org",
    "allowed_hosts": ["rondo.example.org", "localhost"],
    "broker_url": "redis://:secret@valkey:6379/0",
    "email_backend": "django.core.mail.backends.smtp.EmailBackend",
    "plain_http": False,
}
CONSOLE = "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"secret_key": "short"}, "too short"),
        ({"secret_key": "a" * 50}, "repeats itself"),
        ({"secret_key": "Correct-Horse-1!" * 3}, "repeats itself"),
        ({"secret_key": "1212121221211212121212121212122121"}, "repeats itself"),
        ({"secret_key": "only-for-the-build-00000000000000000000"}, "public file"),
        ({"secret_key": "django-insecure-8s7dfh3kd9f7g6h5j4k3l2"}, "public file"),
        ({"debug": True}, "DEBUG=True"),
        ({"debug": True, "site_url": "http://rondo.lan"}, "DEBUG=True"),
        ({"debug": True, "site_url": "https://localhost"}, "DEBUG=True"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS=*"),
        ({"allowed_hosts": ["rondo.example.org", ".com"]}, "ALLOWED_HOSTS=.com"),
        ({"allowed_hosts": ["."]}, "ALLOWED_HOSTS=. "),
        ({"broker_url": "redis://valkey:6379/0"}, "REDIS_URL has no password"),
        ({"broker_url": "rediss://10.0.0.7:6379/0"}, "REDIS_URL has no password"),
        ({"site_url": "http://rondo.example.org"}, "clear text"),
        ({"site_url": "http://8.8.8.8:8000"}, "clear text"),
        ({"site_url": "https://rondo.example.org/rondo"}, "not under a path of one"),
        ({"site_url": "https://rondo.example.org/?a"}, "not under a path of one"),
        ({"site_url": "https://me:secret@rondo.example.org"}, "not under a path of one"),
        ({"site_url": "rondo.example.org"}, "write http:// or https://"),
        ({"email_backend": CONSOLE}, "EMAIL_BACKEND"),
    ],
)
def test_what_is_weak_is_refused_with_its_reason(changed, reason) -> None:
    (found,) = reasons(**FINE | changed)
    assert reason in found


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"site_url": "http://127.0.0.1:8000", "broker_url": "redis://127.0.0.1:6379/0"},
        {"site_url": "http://127.0.0.1:8000", "debug": True, "email_backend": CONSOLE},
        {"site_url": "http://localhost:8000", "debug": True, "allowed_hosts": ["*"]},
        {"site_url": "http://rondo.lan"},
        {"site_url": "http://192.168.1.5:8000"},
        {"site_url": "http://rondo"},
        {"site_url": "http://rondo.example.org", "plain_http": True},
        {"broker_url": "redis+socket:///run/valkey.sock"},
        {"secret_key": "0123456789abcdef0123456789abcdee"},
        {"allowed_hosts": [".example.org"]},
    ],
)
def test_what_is_sound_starts(changed) -> None:
    assert list(reasons(**FINE | changed)) == []


def start(**changed: str) -> str:
    """The last line of a process that loads the settings."""
    found = subprocess.run(
        [sys.executable, "-c", "import config.settings; print('started')"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{settings.ROOT}:{settings.ROOT / 'platform'}",
            "SECRET_KEY": FINE["secret_key"],
            "DATABASE_URL": "postgresql://none/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            **changed,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return (found.stdout + found.stderr).strip().rpartition("\n")[2]


def test_a_process_says_every_reason_at_once() -> None:
    assert start() == "started"
    last = start(SECRET_KEY="a" * 40, SITE_URL="http://rondo.example.org", DEBUG="")
    assert "SECRET_KEY repeats itself" in last
    assert "clear text" in last


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TRUSTED_PROXIES", "-1", "write a number, 0 or more"),
        ("TRUSTED_PROXIES", "one", "write a number, 0 or more"),
        ("TRUSTED_PROXIES", "1.5", "write a whole number"),
        ("WEB_THREADS", "0", "write a number, 1 or more"),
        ("RONDO_STALL_MINUTES", "nan", "write a number, 0 or more"),
        ("EMAIL_SECURITY", "ssl", "write one of starttls, tls, none"),
        ("DEBUG", "yes", "write True or False"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name, value, told) -> None:
    last = start(**{name: value})
    assert name in last
    assert told in last


def test_empty_counts_as_not_set() -> None:
    """docker-compose hands on what `.env` leaves empty."""
    names = ("TRUSTED_PROXIES", "EMAIL_HOST", "EMAIL_SECURITY", "EMAIL_PORT", "WEB_THREADS")
    assert start(**dict.fromkeys(names, "")) == "started"
    assert "SECRET_KEY is not set" in start(SECRET_KEY="")
