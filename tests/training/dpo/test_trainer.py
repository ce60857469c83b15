"""The stage dpo: what it learns, saves, measures and leaves out, and how it goes on."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import NO_SYSTEM_TURNS, ask, wait_for
from tests.training.reward.test_trainer import rows
from training import tiny
from training.artifacts import newest_verified, write_folder
from training.chat import Chat
from training.contract.manifest import verify
from training.dpo import trainer as dpo_trainer
from training.dpo.samples import Writer
from training.dpo.spec import DPOSpec
from training.dpo.trainer import dpo, read_rankings
from training.errors import BadInputError, DivergedError, StoppedError
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.policy import Policy
from training.reading import Reader

PROMPTS = [{"prompt_id": n, "messages": ask(f"Write {n}")} for n in range(6)]


def spec_of(tiny_folder: Path, **values: Any) -> DPOSpec:
    defaults = {
        "beta": 0.1,
        "epochs": 2,
        "learning_rate": 1e-3,
        "batch_size": 8,
        "max_new_tokens": 6,
        "checkpoint_every": 2,
        "sample_every": 3,
    }
    return DPOSpec(model=str(tiny_folder), **defaults | values)


def run(path: Path) -> dict[str, Any]:
    with JobFolder(path) as folder:
        dpo(folder)
    result: dict[str, Any] = json.loads((path / "result.json").read_text())
    assert result.keys() == DPOSpec.results.keys()
    return result


def events_of(path: Path, kind: str) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [event["data"] for event in events if event["kind"] == kind]


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    return load_file(path / "model" / "model.safetensors")


def same(one: Path, other: Path) -> bool:
    weights = weights_of(other)
    return all(torch.equal(value, weights[name]) for name, value in weights_of(one).items())


def test_it_learns_the_order_of_texts_and_saves_a_whole_model(make_job, tiny_folder):
    tables = {"train": rows(64), "heldout": rows(16, first=1000), "samples": PROMPTS}
    path = make_job(spec_of(tiny_folder, learning_rate=3e-3), **tables)

    result = run(path)

    assert (result["steps"], result["rankings"], result["samples"]) == (16, 64, 6)
    assert result["heldout"]["accuracy"] > 0.8
    assert set(result["heldout"]["by_annotator"]) == {"ada", "bob"}
    assert result["kl_k3"] > 0
    assert "model.safetensors" in verify(path / "model")
    assert not same(path, make_start(path, tiny_folder))

    metrics = events_of(path, "metric")
    learned = [one["values"] for one in metrics if "loss" in one["values"]]
    assert learned[0]["loss"] == pytest.approx(0.6931, abs=1e-3)
    assert learned[0]["margin"] == pytest.approx(0.0, abs=1e-3)
    assert learned[-1]["loss"] < 0.5
    assert learned[-1]["margin"] > 0.3
    assert learned[-1].keys() == {
        *("loss", "accuracy", "margin", "chosen", "rejected", "chosen_logp", "rejected_logp"),
        *("gradient", "seconds", "learning_rate"),
    }
    measured = [(one["step"], one["values"]) for one in metrics if "loss" not in one["values"]]
    assert [step for step, _ in measured] == [8, 16]
    assert measured[-1][1]["heldout_accuracy"] == pytest.approx(result["heldout"]["accuracy"])
    shown = events_of(path, "sample")
    assert [one["step"] for one in shown] == [0, 3, 6, 9, 12, 15, 16]
    assert [one["prompt_id"] for one in shown[0]["samples"]] == [0, 1, 2, 3]


def make_start(path: Path, tiny_folder: Path) -> Path:
    """The model that it started from, as a job's."""
    start = path.parent / "start"
    shutil.copytree(tiny_folder, start / "model")
    return start


def test_the_kl_of_what_has_not_moved_is_zero(make_job, tiny_folder):
    model, chat = load_policy(tiny_folder)
    policy = Policy(model, forbid=chat.forbid)
    prompts = [row | {"ids": chat.prompt(row["messages"])} for row in PROMPTS]
    with JobFolder(make_job(spec_of(tiny_folder))) as folder:
        measured = Writer(folder, spec_of(tiny_folder), chat, prompts).measure(policy, policy, 1)

    assert (measured["kl"], measured["kl_k3"], measured["samples"]) == (0.0, 0.0, 6)


class KilledError(Exception):
    """In the place of a signal."""


@pytest.mark.parametrize("lost", [False, True])
def test_a_killed_run_goes_on_to_the_same_bits(make_job, tiny_folder, monkeypatch, lost):
    """Also where what the reference holds of the texts has to be computed again."""
    spec = spec_of(tiny_folder, frozen_layers=1)
    tables = {"train": rows(40), "heldout": rows(8, first=1000), "samples": PROMPTS}
    whole, cut = make_job(spec, "whole", **tables), make_job(spec, "cut", **tables)
    expected = run(whole)
    step, taken = dpo_trainer.train_step, []

    def killed(*args: Any, **values: Any) -> dict[str, float]:
        taken.append(1)
        if len(taken) == 6:
            raise KilledError
        return step(*args, **values)

    monkeypatch.setattr(dpo_trainer, "train_step", killed)
    with pytest.raises(KilledError):
        run(cut)
    monkeypatch.undo()
    assert newest_verified(cut / "checkpoints") == cut / "checkpoints" / "step-4"
    if lost:
        shutil.rmtree(cut / "trainer")

    assert run(cut) == expected

    assert same(whole, cut)


def test_the_reference_is_read_once(make_job, tiny_folder, monkeypatch):
    spec = spec_of(tiny_folder, epochs=1)
    path = make_job(spec, train=rows(16), heldout=rows(4, first=1000))
    read, seen = Reader.read, []

    def counted(self: Reader, rankings: Any, **how: Any) -> Any:
        seen.append(len(rankings))
        return read(self, rankings, **how)

    monkeypatch.setattr(Reader, "read", counted)
    with monkeypatch.context() as cut:
        cut.delattr(dpo_trainer, "train_step")
        with pytest.raises(NameError):
            run(path)
    assert seen == [16, 4]

    run(path)

    assert seen[2:] == [4, 4]  # held-out ones, at the end of the epoch and of the run


def test_a_stop_is_heard_before_the_first_step_and_between_steps(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder), train=rows(16))
    with JobFolder(path) as folder:
        folder.request_stop()
        with pytest.raises(StoppedError, match="before the first step"):
            dpo(folder)
        folder.stop_requested = False
        progress = folder.progress

        def stop(step: int, total: int, *, phase: str) -> None:
            progress(step, total, phase=phase)
            if (phase, step) == ("train", 3):
                folder.request_stop()

        folder.progress = stop  # type: ignore[method-assign]
        with pytest.raises(StoppedError, match="before step 4, checkpoint written"):
            dpo(folder)

    assert newest_verified(path / "checkpoints") == path / "checkpoints" / "step-3"
    assert not (path / "model").exists()


def test_what_cannot_be_used_is_left_out_and_named(make_job, tiny_folder):
    long, tied, refused = rows(3, first=500)
    long["completions"] = [text * 40 for text in long["completions"]]
    tied["tiers"] = [[0, 1, 2, 3]]
    tokenizer = tiny.tokenizer()
    tokenizer.chat_template = NO_SYSTEM_TURNS
    refused["messages"] = [{"role": "system", "content": "x"}, *ask("Hi")]
    weightless = rows(1, first=600)[0] | {"weight": 0.0}
    path = make_job(
        spec_of(tiny_folder, max_tokens=100),
        train=[*rows(4), long, tied, refused, weightless],
        heldout=[long],
    )

    with JobFolder(path) as folder:
        rankings, heldout, left_out = read_rankings(
            folder, folder.spec(DPOSpec), Chat(tokenizer), context=1024
        )

    assert (len(rankings), heldout) == (4, [])
    assert left_out["skipped"] == {"too_long": 1, "no_pair": 1, "refused": 1, "weightless": 1}
    assert left_out["dropped"] == {
        "too_long": [600, 600],
        "no_pair": [601],
        "refused": [602],
        "weightless": [700],
    }


def test_texts_beyond_the_models_context_are_too_long_whatever_the_limit(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder, max_tokens=9000), train=rows(2))

    with (
        JobFolder(path) as folder,
        pytest.raises(BadInputError, match=r"no ranking is left .*'too_long': 2"),
    ):
        read_rankings(folder, folder.spec(DPOSpec), load_policy(tiny_folder)[1], context=10)


def test_weights_reach_the_training(make_job, tiny_folder):
    spec = spec_of(tiny_folder, epochs=1)
    plain, weighed = (
        make_job(spec, name, train=[row | {"weight": weight} for row in rows(8)])
        for name, weight in (("plain", None), ("weighed", 0.5))
    )
    uneven = make_job(
        spec, "uneven", train=[r | {"weight": 0.1 if n else 1.0} for n, r in enumerate(rows(8))]
    )

    results = [run(path) for path in (plain, weighed, uneven)]

    assert same(plain, weighed)  # all alike: the rate means the same
    assert not same(plain, uneven)
    assert results[2]["effective"] == pytest.approx(1.7**2 / 1.07)


def test_divergence_ends_the_run_without_a_model(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder, learning_rate=1e30), train=rows(16))

    with pytest.raises(DivergedError):
        run(path)

    assert not (path / "model").exists()


def test_a_policy_keeps_the_precision_of_its_base(make_job, tmp_path):
    model, chat = tiny.make()
    write_folder(tmp_path / "half", lambda to: save_model(to, model.to(torch.bfloat16), chat))
    path = make_job(spec_of(tmp_path / "half", epochs=1), train=rows(8))

    result = run(path)

    assert {tensor.dtype for tensor in weights_of(path).values()} == {torch.bfloat16}
    assert (result["samples"], result["kl"], result["heldout"]["accuracy"]) == (0, None, None)


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_process_goes_on_to_the_same_weights(
    make_job, tiny_folder, start_stage, sent
):
    spec = replace(spec_of(tiny_folder), epochs=6)
    tables = {"train": rows(64), "heldout": rows(8, first=1000), "samples": PROMPTS}
    whole, parts = make_job(spec, "whole", **tables), make_job(spec, "parts", **tables)
    run(whole)
    first = start_stage("dpo", parts, OMP_NUM_THREADS="1")
    wait_for(parts / "checkpoints" / "step-6", first)
    first.send_signal(sent)
    assert first.wait(60) == (-signal.SIGKILL if sent == signal.SIGKILL else 75)
    assert not (parts / "model").exists()

    run(parts)

    assert same(whole, parts)
