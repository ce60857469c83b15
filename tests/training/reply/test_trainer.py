"""A process that stays: replies, what it refuses, and its two ends."""

import copy
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import NO_SYSTEM_TURNS, ask
from tests.training.sampling.stand_in import served
from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.contract.mailbox import Mailbox
from training.folder import JobFolder
from training.models import save_model
from training.reply import trainer
from training.reply.spec import ReplySpec

TALK = [
    *ask("How long do I boil an egg?"),
    {"role": "assistant", "content": "Six minutes."},
    {"role": "user", "content": "And a large one?"},
]


def request(messages: list[dict[str, str]], **values: Any) -> dict[str, Any]:
    usual = {"given": "", "seeds": [1, 2], "max_new_tokens": 12, "temperature": 1.0}
    return {"messages": messages, **usual, **values}


def until(found: Callable[[], Any]) -> Any:
    for _ in range(600):
        if value := found():
            return value
        time.sleep(0.1)
    pytest.fail("nothing came")


def run(path: Path, *requests: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """All that is replied to these, asked at once; the process then ends."""
    box = Mailbox(path)
    for key, each in enumerate(requests):
        box.ask(key, each)
    box.close()
    with JobFolder(path) as folder:
        trainer.reply(folder)
    assert box.asked() == {}
    return box.replied()


@pytest.fixture
def spec(tiny_folder):
    return ReplySpec(model=str(tiny_folder))


def test_each_request_gets_a_reply_for_each_seed(make_job, spec):
    found = run(make_job(spec), request(TALK), request(ask("Hi"), seeds=[3], max_new_tokens=4))

    assert [len(reply["replies"]) for reply in found.values()] == [2, 1]
    first, second = found[0]["replies"]
    assert first["text"] != second["text"]
    assert {row["finish_reason"] for row in (first, second)} <= {"stop", "length"}
    assert max(row["tokens"] for row in (first, second)) <= 12
    assert found[1]["replies"][0]["tokens"] <= 4


def test_the_same_seeds_give_the_same_texts_whatever_is_asked_beside(make_job, spec):
    alone = run(make_job(spec, "alone"), request(TALK))
    beside = run(make_job(spec, "beside"), request(TALK), request(ask("Hi"), seeds=[7, 8]))

    assert beside[0] == alone[0]


def test_what_the_model_cannot_take_is_said_and_the_rest_replied_to(
    make_job, tiny_policy, tmp_path
):
    model, chat = tiny_policy
    tokenizer = copy.deepcopy(chat.tokenizer)
    tokenizer.chat_template = NO_SYSTEM_TURNS
    write_folder(tmp_path / "plain", lambda to: save_model(to, model, Chat(tokenizer)))
    path = make_job(ReplySpec(model=str(tmp_path / "plain")))

    found = run(
        path,
        request([{"role": "system", "content": "Be brief."}, *ask("Hi")]),
        request(ask("word " * 1200)),
        request(ask("Hi")),
    )

    assert [found[0], found[1]] == [{"problem": "refused"}, {"problem": "too_long"}]
    assert len(found[2]["replies"]) == 2
    assert json.loads((path / "result.json").read_text())["replies"] == 2


def test_a_server_of_the_model_replies_in_its_place(make_job, spec, tiny_folder, monkeypatch):
    here = run(make_job(spec, "here"), request(TALK))
    with served(*tiny.make(), {"id": str(tiny_folder)}) as stand_in:
        monkeypatch.setenv("RONDO_ENGINE_URL", stand_in.url)
        path = make_job(spec, "there")

        assert run(path, request(TALK)) == here
        assert len(stand_in.asked) == 1 + 2
        assert f"the engine at {stand_in.url} samples" in (path / "events.jsonl").read_text()


def test_no_text_is_in_the_events(make_job, spec):
    path = make_job(spec)
    found = run(path, request(TALK))

    events = (path / "events.jsonl").read_text()
    assert '"phase": "reply"' in events
    assert not any(row["text"] in events for row in found[0]["replies"])
    assert "boil" not in events


@pytest.mark.slow
def test_as_a_process_it_waits_for_what_is_asked_and_ends_when_it_is_closed(
    make_job, spec, start_stage
):
    path = make_job(spec)
    box = Mailbox(path)
    process = start_stage("reply", path)
    until(lambda: (path / "events.jsonl").exists() and (path / "events.jsonl").stat().st_size)

    for key in (1, 2):
        asked = time.monotonic()
        box.ask(key, request(TALK))
        until(lambda key=key: key in box.replied())
        assert time.monotonic() - asked < 20  # the model is there already
    assert process.poll() is None
    box.close()

    assert process.wait(30) == 0
    assert json.loads((path / "result.json").read_text())["replies"] == 4


@pytest.mark.slow
def test_asked_to_stop_it_leaves_and_what_waits_stays(make_job, spec, start_stage):
    path = make_job(spec)
    process = start_stage("reply", path)
    until(lambda: (path / "events.jsonl").exists() and (path / "events.jsonl").stat().st_size)

    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 75
    assert not (path / "result.json").exists()
