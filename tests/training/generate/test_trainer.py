"""Completions, their resumption, and the stage as a process."""

import copy
import json
import signal
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from tests.training.conftest import NO_SYSTEM_TURNS, ask, wait_for
from tests.training.sampling.stand_in import served
from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.chat_check import takes_tool_turns
from training.errors import BadInputError, StoppedError
from training.evaluate.spec import EvaluateSpec
from training.evaluate.trainer import evaluate
from training.folder import JobFolder
from training.generate import trainer as generate
from training.generate.spec import GenerateSpec
from training.models import load_policy, save_model
from training.sampling import Sample, text_of
from training.tiny import tokenizer

PROMPTS = [
    {"prompt_id": number, "messages": ask(f"Question {number}?"), "n": 2 + number % 2}
    for number in range(6)
]


@pytest.fixture
def spec(tiny_folder):
    return GenerateSpec(model=str(tiny_folder), max_new_tokens=24, batch_size=5, seed=1)


def rows_of(path: Path) -> list[dict]:
    return pq.read_table(path / "output" / "completions.parquet").to_pylist()


def run(path: Path) -> list[dict]:
    with JobFolder(path) as folder:
        generate.generate(folder)
    return rows_of(path)


def test_exact_texts_are_those_that_an_evaluation_writes(make_job, spec, tiny_folder, monkeypatch):
    asked = [{**prompt, "n": 1} for prompt in PROMPTS]
    path = make_job(replace(spec, exact=True), prompts=asked)
    compared = EvaluateSpec(
        models={"one": str(tiny_folder)}, max_new_tokens=24, batch_size=4, seed=spec.seed
    )
    other = make_job(compared, name="evaluation", prompts=PROMPTS)
    loaded = []
    load = generate.load_policy
    monkeypatch.setattr(
        generate, "load_policy", lambda path, **how: (loaded.append(how), load(path, **how))[1]
    )

    written = run(path)
    with JobFolder(other) as folder:
        evaluate(folder)

    rows = pq.read_table(other / "output" / "samples.parquet").to_pylist()
    assert [row["text"] for row in written] == [row["text"] for row in rows]
    assert loaded == [{"dtype": torch.float32}]


def test_every_prompt_gets_its_completions(make_job, spec):
    path = make_job(spec, prompts=PROMPTS)

    rows = run(path)

    assert [(row["prompt_id"], row["position"]) for row in rows] == [
        (number, position) for number in range(6) for position in range(2 + number % 2)
    ]
    assert {row["finish_reason"] for row in rows} == {"stop", "length"}
    assert all(row["tokens"] == 24 for row in rows if row["finish_reason"] == "length")
    assert len({row["text"] for row in rows}) == 15
    result = json.loads((path / "result.json").read_text())
    assert result.keys() == GenerateSpec.results.keys()
    assert result["completions"] == 15
    assert result["tokens"] == sum(row["tokens"] for row in rows)
    assert result["dropped_prompts"] == 0
    model, chat = load_policy(spec.model)
    facts = result["context"], result["system_turns"], result["tool_turns"]
    assert facts == (model.config.max_position_embeddings, True, takes_tool_turns(chat))
    assert result["eos_rate"] == pytest.approx(
        sum(row["finish_reason"] == "stop" for row in rows) / 15
    )


def test_a_seed_decides_the_texts_and_order_does_not(make_job, spec):
    rows = run(make_job(spec, "first", prompts=PROMPTS))

    assert run(make_job(spec, "second", prompts=PROMPTS[::-1])) == rows
    other = GenerateSpec(model=spec.model, max_new_tokens=24, seed=2)
    assert [row["text"] for row in run(make_job(other, "third", prompts=PROMPTS))] != [
        row["text"] for row in rows
    ]


def test_events_show_progress_and_samples(make_job, spec):
    path = make_job(spec, prompts=PROMPTS)
    run(path)

    events = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    progress = [event["data"] for event in events if event["kind"] == "progress"]
    samples = [event["data"]["samples"] for event in events if event["kind"] == "sample"]

    steps = [data["step"] for data in progress]
    assert (steps[0], steps[-1]) == (0, 15)
    assert steps == sorted(set(steps))
    assert len(steps) > 3
    assert {(data["total"], data["phase"]) for data in progress} == {(15, "generate")}
    assert sorted(sample["prompt_id"] for some in samples for sample in some) == [
        prompt["prompt_id"] for prompt in PROMPTS
    ]


def test_interrupted_stage_goes_on_and_gives_the_same(make_job, spec, monkeypatch):
    rows = run(make_job(spec, "whole", prompts=PROMPTS))
    path = make_job(spec, "parts", prompts=PROMPTS)
    with JobFolder(path) as folder:
        add, written = generate.Harvest.add, []

        def stop_after_one(harvest, done):
            add(harvest, done)
            written.append(len(harvest.rows))
            folder.request_stop()

        with monkeypatch.context() as patch:
            patch.setattr(generate.Harvest, "add", stop_after_one)
            with pytest.raises(StoppedError):
                generate.generate(folder)
    assert 0 < written[-1] < 15
    assert [step.name for step in (path / "checkpoints").iterdir()] == [f"step-{written[-1]}"]

    assert run(path) == rows
    assert f"going on after {written[-1]} completions" in (path / "events.jsonl").read_text()


def test_a_server_of_the_model_writes_the_texts(make_job, spec, tiny_folder, monkeypatch):
    rows = run(make_job(spec, "here", prompts=PROMPTS))
    with served(*tiny.make(), {"id": str(tiny_folder)}) as stand_in:
        monkeypatch.setenv("RONDO_ENGINE_URL", stand_in.url)
        path = make_job(spec, "there", prompts=PROMPTS)

        assert run(path) == rows
        assert len(stand_in.asked) == 4 + 15
        assert f"the engine at {stand_in.url} samples" in (path / "events.jsonl").read_text()
        run(make_job(replace(spec, exact=True), "exact", prompts=PROMPTS))
        assert len(stand_in.asked) == 4 + 15


def test_prompts_that_leave_no_room_are_dropped_and_counted(make_job, spec):
    long = {"prompt_id": 99, "messages": ask("word " * 1200), "n": 4}
    path = make_job(spec, prompts=[*PROMPTS[:1], long])

    rows = run(path)

    assert [row["prompt_id"] for row in rows] == [0, 0]
    result = json.loads((path / "result.json").read_text())
    assert (result["dropped_prompts"], result["dropped"]) == (1, {"too_long": [99]})


def test_one_prompt_that_the_template_refuses_does_not_stop_the_others(
    make_job, spec, tiny_policy, tmp_path
):
    model, chat = tiny_policy
    tokenizer = copy.deepcopy(chat.tokenizer)
    tokenizer.chat_template = NO_SYSTEM_TURNS
    write_folder(tmp_path / "plain", lambda to: save_model(to, model, Chat(tokenizer)))
    system = [{"role": "system", "content": "Be brief."}, *ask("Hi")]
    refused = {"prompt_id": 98, "messages": system, "n": 2}
    path = make_job(replace(spec, model=str(tmp_path / "plain")), prompts=[refused, *PROMPTS[:1]])

    rows = run(path)

    assert [row["prompt_id"] for row in rows] == [0, 0]
    assert json.loads((path / "result.json").read_text())["dropped"] == {"refused": [98]}
    assert "left out: 98" in (path / "events.jsonl").read_text()


def test_a_prompt_named_twice_is_refused(make_job, spec):
    with pytest.raises(BadInputError, match="a prompt is named twice"):
        run(make_job(spec, prompts=PROMPTS[:1] * 2))


def test_texts_can_be_stored():
    chat = Chat(tokenizer())
    nul, half = chat.completion("a\0b", finished=True), chat.completion("好", finished=False)[:2]

    assert text_of(Sample(nul, [], finished=True), chat) == "a\ufffdb"
    assert text_of(Sample(half, [], finished=False), chat) == ""


@pytest.mark.slow
def test_sigterm_stops_the_process_after_a_checkpoint(make_job, spec, start_stage):
    prompts = [PROMPTS[0] | {"prompt_id": number, "n": 5} for number in range(2000)]
    path = make_job(spec, prompts=prompts)
    process = start_stage("generate", path)
    wait_for(path / "events.jsonl", process, '"step": 5,')

    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 75
    assert json.loads((path / "error.json").read_text())["code"] == "stopped"
    [checkpoint] = (path / "checkpoints").iterdir()
    assert int(checkpoint.name.removeprefix("step-")) % 5 == 0
