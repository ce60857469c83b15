"""What a log line does not hold."""

import logging
import sys

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
