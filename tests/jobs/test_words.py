"""Errors in the reader's language."""

from django.utils import translation

from jobs.models import Job
from jobs.words import ERRORS


def test_a_known_code_is_explained_and_an_unknown_one_keeps_the_message():
    assert Job(error_code="poison", error="x").explanation == str(ERRORS["poison"])
    assert Job(error_code="new_code", error="what happened").explanation == "what happened"
    assert Job(error="cancelled by Ada").explanation == "cancelled by Ada"
    assert Job().explanation == ""


def test_a_full_disk_is_told_with_what_may_be_deleted():
    assert "var/jobs" in Job(error_code="no_space").explanation


def test_every_code_is_a_sentence():
    with translation.override("en"):
        assert [text for text in map(str, ERRORS.values()) if not text.endswith(".")] == []
