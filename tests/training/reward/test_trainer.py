"""The reward stage: what it learns, saves, scales and leaves out."""

import json
import math
import signal
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import NO_SYSTEM_TURNS, wait_for
from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.contract.manifest import verify
from training.demonstrations import encode_demonstrations
from training.folder import JobFolder
from training.models import save_model
from training.rankings import Ranking, newest
from training.reward import scale
from training.reward.scale import SMALLEST_SPREAD
from training.reward.spec import RewardSpec
from training.reward.trainer import reward
from training.reward_model import RewardModel
from training.scoring import score_tokens


def run(path) -> None:
    """In this process, as one of its own would."""
    with JobFolder(path) as folder:
        reward(folder)


def score_texts(model, chat, items):
    """Normalised score of each (messages, completion, finished)."""
    prompts = [chat.prompt(messages) for messages, _, _ in items]
    responses = [chat.completion(text, finished) for _, text, finished in items]
    return score_tokens(model, prompts, responses, pad_id=chat.pad_id)


def test_before_training_all_texts_score_alike(tiny_folder):
    model, chat = RewardModel.start(tiny_folder)
    user = [{"role": "user", "content": "What is red?"}]

    assert score_texts(model, chat, [(user, "A book.", True), (user, "the", False)]) == [0.0, 0.0]
    assert chat.eos_id != chat.pad_id


def rows(count: int, *, first: int = 0) -> list[dict[str, object]]:
    """Rankings in which more of the word "book" is better, and nothing else matters."""
    generator = torch.Generator().manual_seed(first)
    words = ["book", "sea", "fire", "green"]
    made = []
    for number in range(first, first + count):
        texts, books = [], []
        for _ in range(4):
            picked = torch.randint(0, 4, (6,), generator=generator).tolist()
            texts.append("".join(f" {words[place]}" for place in picked))
            books.append(picked.count(0))
        levels = sorted(set(books), reverse=True)
        tiers = [[place for place in range(4) if books[place] == level] for level in levels]
        made.append(
            {
                "annotation_id": number,
                "prompt_id": 100 + number,
                "messages": [{"role": "user", "content": f"Write about {words[number % 4]}"}],
                "completions": texts,
                "finished": [True] * 4,
                "tiers": tiers,
                "annotator": "ada" if number % 2 else "bob",
            }
        )
    return made


SPEC = RewardSpec(
    model="", learning_rate=3e-3, batch_size=16, epochs=4, frozen_layers=1, checkpoint_every=3
)


@pytest.mark.parametrize(("offset", "loss"), [(0.0, math.log(2)), (1.5, math.log1p(math.e**1.5))])
def test_a_margin_is_asked_for_where_the_settings_say_so(make_job, tiny_folder, offset, loss):
    """Before the first step all texts score alike, so the loss is that of the margin."""
    pairs = [row | {"tiers": [[0], [1]]} for row in rows(4)]
    spec = replace(SPEC, model=str(tiny_folder), epochs=1, batch_size=4, tier_offset=offset)
    path = make_job(spec, train=pairs)

    run(path)

    lines = (path / "events.jsonl").read_text().splitlines()
    told = [event["data"] for event in map(json.loads, lines) if event["kind"] == "metric"]
    assert told[0]["values"]["loss"] == pytest.approx(loss, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 4])
def test_the_stage_learns_the_preference_normalises_and_survives_kill_9(
    make_job, start_stage, tiny_folder, rank
):
    demonstrations = [
        {"messages": [{"role": "user", "content": "Write"}], "completion": " book book"}
    ]
    spec = replace(SPEC, model=str(tiny_folder), lora_rank=rank)
    tables = {
        "train": rows(128),
        "heldout": rows(40, first=1000),
        "demonstrations": demonstrations,
    }
    whole = make_job(spec, "whole", **tables)
    run(whole)

    result = json.loads((whole / "result.json").read_text())
    assert result.keys() == RewardSpec.results.keys()
    assert result["heldout"]["accuracy"] > 0.9
    assert set(result["heldout"]["by_annotator"]) == {"ada", "bob"}
    verify(whole / "model")
    model, chat = RewardModel.load(whole / "model")
    items = [
        (row["messages"], text, True) for row in tables["train"] for text in row["completions"]
    ]
    scores = torch.tensor(score_texts(model, chat, items))
    assert scores.std(correction=0).item() == pytest.approx(1, abs=0.02)
    assert score_texts(model, chat, [(demonstrations[0]["messages"], " book book", True)])[
        0
    ] == pytest.approx(0, abs=1e-4)

    killed = make_job(spec, "killed", **tables)
    process = start_stage("reward", killed, OMP_NUM_THREADS="1")
    wait_for(killed / "checkpoints" / "step-6", process)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    assert not (killed / "result.json").exists()
    run(killed)
    weights = "model/model.safetensors"
    assert (killed / weights).read_bytes() == (whole / weights).read_bytes()


def test_the_scale_is_measured_on_the_last_rankings():
    few = [Ranking(n, "ada", [1], [[2]] * n, [[0]]) for n in (4, 2, 4, 3)]

    assert [r.annotation_id for r in newest(few, completions=7)] == [4, 3]
    assert [r.annotation_id for r in newest(few, completions=8)] == [2, 4, 3]
    assert newest(few, completions=99) == few


def test_the_last_rankings_set_the_scale_of_a_run(make_job, tiny_folder, monkeypatch):
    monkeypatch.setattr(scale, "SCALE_SAMPLES", 4)
    spec = replace(SPEC, model=str(tiny_folder), batch_size=4, head_learning_rate=0.1)
    train = rows(8)
    path = make_job(spec, train=train)

    with JobFolder(path) as folder:
        reward(folder)

    model, chat = RewardModel.load(path / "model")
    last = [(train[-1]["messages"], text, True) for text in train[-1]["completions"]]
    scores = torch.tensor(score_texts(model, chat, last))
    assert (float(scores.mean()), float(scores.std(correction=0))) == pytest.approx(
        (0, 1), abs=0.02
    )


def test_the_score_is_centred_on_demonstrations_that_the_model_can_take(tiny_policy):
    """One of 25,000 tokens would take all the memory."""
    chat = Chat(tiny.tokenizer())
    chat.tokenizer.chat_template = NO_SYSTEM_TURNS
    ask = [{"role": "user", "content": "Hi"}]
    rows = [
        {"messages": ask, "completion": "Hello"},
        {"messages": ask, "completion": "Hello " * 100},
        {"messages": [{"role": "system", "content": "x"}, *ask], "completion": "Hello"},
    ]

    assert encode_demonstrations(rows, chat, max_tokens=50) == [
        (chat.prompt(ask), chat.completion("Hello", finished=True))
    ]


def test_a_reward_model_that_learned_nothing_is_not_blown_up_and_said_to_be_useless(
    make_job, tiny_folder
):
    spec = replace(
        SPEC, model=str(tiny_folder), epochs=1, head_learning_rate=1e-7, learning_rate=1e-9
    )
    path = make_job(spec, train=rows(4))

    with JobFolder(path) as folder:
        reward(folder)

    result = json.loads((path / "result.json").read_text())
    assert 0 < result["spread"] < SMALLEST_SPREAD
    assert (result["gain"], result["useless"]) == (1 / SMALLEST_SPREAD, True)
    assert "This reward model is useless" in (path / "events.jsonl").read_text()


def test_rankings_of_both_splits_that_cannot_be_used_are_counted_and_named(make_job, tiny_folder):
    long, tied, held = rows(3, first=50)
    long["completions"] = [text * 200 for text in long["completions"]]
    tied["tiers"] = [[0, 1, 2, 3]]
    held["completions"] = [""] * 4
    held["finished"] = [False] * 4
    spec = replace(SPEC, model=str(tiny_folder), epochs=1, max_tokens=100)
    path = make_job(spec, train=[*rows(4), long, tied], heldout=[held])

    with JobFolder(path) as folder:
        reward(folder)

    result = json.loads((path / "result.json").read_text())
    assert (result["rankings"], result["heldout"]["rankings"]) == (4, 0)
    assert result["skipped"] == {"too_long": 1, "no_pair": 1}
    assert result["dropped"] == {"too_long": [150], "no_pair": [151], "same_text": [152]}
    assert "1 left out, too_long; prompts 150" in (path / "events.jsonl").read_text()


def test_weights_steer_what_is_learned_and_equal_ones_change_nothing(make_job, tiny_folder):
    spec = replace(SPEC, model=str(tiny_folder), batch_size=4, epochs=1)
    plain = rows(8)
    junk = [{**row, "tiers": row["tiers"][::-1], "weight": 0.0} for row in rows(3, first=60)]
    given = {
        "plain": plain,
        "ones": [{**row, "weight": 1.0} for row in plain],
        "with junk": [*plain, *junk],
        "uneven": [{**row, "weight": (0.1, 1.0)[n % 2]} for n, row in enumerate(plain)],
    }
    made, results = {}, {}
    for name, train in given.items():
        path = make_job(spec, name.replace(" ", "-"), train=train)
        with JobFolder(path) as folder:
            reward(folder)
        made[name] = (path / "model/model.safetensors").read_bytes()
        results[name] = json.loads((path / "result.json").read_text())

    assert made["ones"] == made["plain"] == made["with junk"]
    assert made["uneven"] != made["plain"]
    assert results["with junk"]["skipped"] == {"weightless": 3}
    assert results["plain"]["effective"] == 8
    assert results["uneven"]["effective"] == pytest.approx(4.4**2 / 4.04)


def test_a_reward_model_keeps_the_precision_of_its_base_but_for_the_head(make_job, tmp_path):
    model, chat = tiny.make()
    write_folder(tmp_path / "half", lambda to: save_model(to, model.to(torch.bfloat16), chat))
    spec = replace(SPEC, model=str(tmp_path / "half"), batch_size=4, head_learning_rate=0.1)
    path = make_job(spec, train=rows(16))

    with JobFolder(path) as folder:
        reward(folder)

    model, chat = RewardModel.load(path / "model")
    asked = [(row["messages"], text, True) for row in rows(16) for text in row["completions"]]
    scores = torch.tensor(score_texts(model, chat, asked))
    assert scores.std(correction=0).item() == pytest.approx(1, abs=1e-4)  # of what is saved
    kinds = {
        key: tensor.dtype for key, tensor in load_file(path / "model/model.safetensors").items()
    }
    assert kinds.pop("score.weight") == torch.float32
    assert set(kinds.values()) == {torch.bfloat16}
