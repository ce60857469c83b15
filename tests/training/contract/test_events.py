"""What a trainer tells is what the worker reads."""

import pytest

from jobs import words
from training.contract.events import (
    KINDS,
    ErrorCode,
    Event,
    Log,
    Metric,
    Progress,
    Samples,
)
from training.folder import JobFolder
from training.sft.spec import SFTSpec

SAMPLE = {"prompt_id": 1, "prompt": "你好", "text": "Hi\n", "reward": None}


def test_everything_a_trainer_tells_is_read_back_with_its_fields(tmp_path) -> None:
    SFTSpec(model="/m").write(tmp_path)
    with JobFolder(tmp_path) as folder:
        folder.warn("careful")
        folder.progress(0, 10, phase="train")
        folder.metric(1, {"loss": float("nan"), "kl": 0.5})
        folder.sample(2, [SAMPLE, {**SAMPLE, "model": "3"}])

    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()
    told = [Event.parse(line) for line in lines]

    assert [event.data for event in told] == [
        Log(level="warning", text="careful"),
        Progress(step=0, total=10, eta_seconds=None, phase="train"),
        Metric(step=1, values={"loss": None, "kl": 0.5}),
        Samples(step=2, samples=[SAMPLE, {**SAMPLE, "model": "3"}]),
    ]
    assert [event.n for event in told] == [1, 2, 3, 4]
    assert {event.data.kind for event in told} == KINDS.keys()


@pytest.mark.parametrize(
    "line",
    [
        b"{oops",
        b"[]",
        b'{"n": 1}',
        b'{"n": 1, "kind": "boo", "seconds": 1, "data": {}}',
        b'{"n": 1, "kind": "log", "seconds": 1, "data": {"text": "a"}}',
        b'{"n": 1, "kind": "log", "seconds": 1, "data": {"text": "a", "level": "info", "x": 1}}',
        b'{"kind": "log", "seconds": 1, "data": {"text": "a", "level": "info"}}',
        b'{"n": 1, "kind": "sample", "seconds": 1, "data": {"step": 1, "samples": [{"text": ""}]}}',
    ],
)
def test_a_line_with_other_fields_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Event.parse(line)


def test_each_error_of_a_trainer_is_explained_to_people() -> None:
    told = set(ErrorCode) - {ErrorCode.STOPPED}  # which goes back into the queue

    assert told <= words.ERRORS.keys()
