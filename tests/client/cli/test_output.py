"""What people wrote is shown by the shell, and never steers the terminal (B11)."""

import json
from typing import Any

import pytest

from rondo_client.cli import output

STEERING = "a\x1b[2J\x9b31m\u202eb\x07\r"
SHOWN = "a�[2J�31m�b��"


def shown(found: Any, capsys: pytest.CaptureFixture[str]) -> str:
    output.show(found, as_json=False)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "found",
    [
        STEERING,
        {"text": STEERING},
        {"metadata": {STEERING: 1}},
        {"metadata": {"topic": [{"said": STEERING}]}},
        iter([{"text": STEERING}]),
        iter([STEERING]),
    ],
    ids=["text", "field", "key", "deep", "column", "line"],
)
def test_texts_are_shown_without_what_steers(
    found: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    text = shown(found, capsys)

    assert SHOWN in text
    assert {c for c in text if not c.isprintable()} <= {"\n"}


def test_errors_are_shown_without_what_steers(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_error(ValueError(STEERING), as_json=False)

    assert f"Error: {SHOWN}" in capsys.readouterr().err


def test_programs_get_texts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    output.show({"text": STEERING}, as_json=True)

    assert json.loads(capsys.readouterr().out) == {"text": STEERING}
