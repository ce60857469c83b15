"""What a log line does not hold."""

import logging
import sys

import pytest
from django.test import Client
from django.urls import reverse

from core.logs import LineFormatter


def test_a_traceback_does_not_hold_the_values_of_a_row():
    """PostgreSQL adds them to its message, several lines long where a text is."""
    who = "vic@corp.example"
    try:
        try:
            raise ValueError(f"taken\nDETAIL:  Key (email)=({who})\nof {2} lines.")
        except ValueError as first:
            raise RuntimeError(f"empty\nDETAIL:  Row contains ({who}).") from first
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", None, sys.exc_info())
    text = LineFormatter().format(record)

    assert "vic@" not in text
    assert "of 2 lines" not in text
    assert "ValueError: taken\nDETAIL: not logged" in text
    assert "direct cause" in text


def test_what_people_typed_makes_no_line_of_its_own():
    typed = "Ada\n03:00:00 INFO    jobs  all is well\x1b[2J\u2028\u202e"
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "%s came", (typed,), None)

    line = LineFormatter().format(record)

    assert line.splitlines() == [line]
    assert line.endswith(r"Ada\n03:00:00 INFO    jobs  all is well\x1b[2J\u2028\u202e came")


@pytest.mark.parametrize("method", ["get", "put", "post"])
def test_no_link_that_signs_in_is_logged(db: None, caplog, method: str) -> None:
    """Refused for its method, its lack of a slash, or for now: it may open an account later."""
    addresses = [
        reverse("sign_in_link", args=["rather-secret"]),
        reverse("sign_in_link", args=["rather-secret"]).rstrip("/"),
        reverse("account_reset_password_from_key", args=["1", "rather-secret"]),
    ]
    for address in addresses:
        getattr(Client(), method)(address)

    lines = [LineFormatter().format(record) for record in caplog.records]
    assert lines
    assert [line for line in lines if "secret" in line] == []
