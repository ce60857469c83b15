"""The audit of dependencies: a known fault fails the checks, a machine without network does not."""

import json

import pytest

from scripts import audit

FINE = {"name": "django", "version": "5.2.19", "vulns": []}
FAULTY = {
    "name": "jinja2",
    "version": "3.1.5",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3.1.6"]}],
}
SKIPPED = {"name": "torch", "skip_reason": "not on the index"}


def judge(*packages):
    return audit.judge(json.dumps({"dependencies": packages, "fixes": []}))


def test_a_known_fault_fails_and_is_named():
    lines, code = judge(FINE, FAULTY)

    assert (lines[0], code) == ("jinja2 3.1.5: PYSEC-1, fixed in 3.1.6", 1)


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-1"])
def test_an_accepted_one_does_not(monkeypatch, name):
    monkeypatch.setattr(audit, "ACCEPTED", {name: "we do not"})

    assert judge(FAULTY)[1] == 0


def test_what_was_asked_is_counted():
    assert judge(FINE, SKIPPED) == (["No known faults in 1 of 2 pinned packages."], 0)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "no connection", json.dumps({"dependencies": [SKIPPED]})]
)
def test_without_an_answer_it_says_so_and_passes(answer):
    lines, code = audit.judge(answer)

    assert (lines, code) == (
        ["Not audited: the advisory database cannot be reached from here."],
        0,
    )
