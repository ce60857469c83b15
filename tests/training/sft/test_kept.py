"""Which model fine-tuning keeps, and what it leaves out."""

import copy
import json
import shutil

import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import NO_SYSTEM_TURNS, ask
from tests.training.sft.test_trainer import EXAMPLES, metrics_of, run, spec_of, weights_of
from training import stage, tiny
from training.artifacts import newest_verified, write_folder
from training.chat import Chat
from training.contract import disk
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.sft import trainer as sft
from training.sft.measures import heldout_loss
from training.sft.packing import Collator


def test_the_epoch_with_the_lowest_heldout_loss_is_kept(make_job, tiny_folder):
    """Two demonstrations are learned by heart; what is held out gets worse with every epoch."""
    heldout = [{"messages": ask("What else?"), "completion": "green birds read at home"}]
    spec = spec_of(tiny_folder, epochs=6, batch_size=2, learning_rate=2e-2)
    path = make_job(spec, train=EXAMPLES[:2], heldout=heldout)

    result = run(path)

    losses = {
        step: values["heldout_loss"]
        for step, values in metrics_of(path)
        if "heldout_loss" in values
    }
    best = min(range(1, 7), key=losses.__getitem__)
    assert best < 6
    assert (result["chosen_step"], result["heldout_loss"]) == (best, losses[best])
    model, chat = load_policy(path / "model")
    with JobFolder(path) as folder:
        rows, _ = sft.read_examples(folder, "heldout", spec, chat)
    assert heldout_loss(model, rows) == pytest.approx(losses[best])


def test_the_last_epoch_is_kept_where_it_is_asked_for(make_job, tiny_folder):
    """Held-out loss is measured all the same, and no model lies beside the checkpoints for it."""
    heldout = [{"messages": ask("What else?"), "completion": "green birds read at home"}]
    spec = spec_of(tiny_folder, epochs=6, batch_size=2, learning_rate=2e-2, kept="last")
    path = make_job(spec, train=EXAMPLES[:2], heldout=heldout)

    result = run(path)

    measured = [values.get("heldout_loss") for _, values in metrics_of(path)]
    losses = [loss for loss in measured if loss is not None]
    assert min(losses) < losses[-1]
    assert (result["chosen_step"], result["heldout_loss"]) == (6, losses[-1])
    assert not list((path / "checkpoints").glob("best-*"))
    with pytest.raises(ValueError, match="kept is 'first', not one of"):
        spec_of(tiny_folder, kept="first")


class KilledError(Exception):
    """In the place of a signal."""


@pytest.mark.parametrize("end", [2, 4])
def test_an_epoch_whose_end_was_not_seen_is_measured_when_the_run_goes_on(
    make_job, tiny_folder, monkeypatch, end
):
    """Its checkpoint is there, its held-out loss is not: it may be the best all the same."""
    spec = spec_of(tiny_folder, epochs=2, batch_size=2, checkpoint_every=1)
    tables = {"train": EXAMPLES[:4], "heldout": EXAMPLES[4:6]}
    whole, cut = make_job(spec, "whole", **tables), make_job(spec, "cut", **tables)
    expected = run(whole)
    measure = sft.SFTRun.measure

    def killed(self: sft.SFTRun, step: int) -> None:
        measure(self, step)
        if step == end:
            raise KilledError

    monkeypatch.setattr(sft.SFTRun, "measure", killed)
    with pytest.raises(KilledError):
        run(cut)
    monkeypatch.undo()

    result = run(cut)

    assert newest_verified(cut / "checkpoints") == cut / "checkpoints" / "step-4"
    assert result == {**expected, "seconds": result["seconds"]}
    weights = weights_of(whole)
    assert all(torch.equal(value, weights[name]) for name, value in weights_of(cut).items())
    heldout = [
        {step: values for step, values in metrics_of(path) if "heldout_loss" in values}
        for path in (whole, cut)
    ]
    assert heldout[0] == heldout[1]


@pytest.mark.parametrize("lost", [False, True])
def test_the_best_epochs_model_outlives_a_full_disk(make_job, tiny_folder, monkeypatch, lost):
    """What a full disk leaves half-written is removed. Where that model is lost, another goes."""
    heldout = [{"messages": ask("What else?"), "completion": "green birds read at home"}]
    spec = spec_of(tiny_folder, epochs=6, batch_size=2, learning_rate=2e-2, checkpoint_every=4)
    tables = {"train": EXAMPLES[:2], "heldout": heldout}
    whole, cut = make_job(spec, "whole", **tables), make_job(spec, "cut", **tables)
    expected = run(whole)
    assert expected["chosen_step"] < 4
    measure = sft.SFTRun.measure

    def killed(self: sft.SFTRun, step: int) -> None:
        if step == 5:
            raise KilledError
        measure(self, step)

    monkeypatch.setattr(sft.SFTRun, "measure", killed)
    with pytest.raises(KilledError):
        run(cut)
    monkeypatch.undo()
    disk.clear(cut)
    if lost:
        shutil.rmtree(cut / "checkpoints" / f"best-{expected['chosen_step']}")

    result = run(cut)

    assert result["chosen_step"] == (4 if lost else expected["chosen_step"])
    assert result["heldout_loss_before"] == expected["heldout_loss_before"]


def test_a_model_keeps_the_precision_of_its_base(make_job, tmp_path):
    model, chat = tiny.make()
    write_folder(tmp_path / "half", lambda to: save_model(to, model.to(torch.bfloat16), chat))
    path = make_job(spec_of(tmp_path / "half", epochs=1), train=EXAMPLES[:8])

    run(path)

    weights = load_file(path / "model" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert json.loads((path / "model" / "config.json").read_text())["dtype"] == "bfloat16"


def test_a_demonstration_that_the_template_refuses_is_left_out(make_job, tiny_folder, tiny_policy):
    tokenizer = copy.deepcopy(tiny_policy[1].tokenizer)
    tokenizer.chat_template = NO_SYSTEM_TURNS
    turns = [{"role": "system", "content": "x"}, *ask("Hi")]
    system = {"prompt_id": 7, "messages": turns, "completion": "Hello"}
    spec = spec_of(tiny_folder)
    path = make_job(spec, train=[system, EXAMPLES[0]])

    with JobFolder(path) as folder:
        examples, dropped = sft.read_examples(folder, "train", spec, Chat(tokenizer))

    assert (len(examples), dropped) == (1, {"refused": [7]})
    told = "1 demonstrations have turns that the model's chat template refuses, left out; prompts 7"
    assert told in (path / "events.jsonl").read_text()


def test_a_run_out_of_memory_goes_on_in_smaller_parts(make_job, tiny_folder, monkeypatch):
    """From its newest checkpoint, with the same demonstrations a step: the model is the same."""
    spec = spec_of(tiny_folder, epochs=1, micro_batch_size=4, checkpoint_every=1)
    tables = {"train": EXAMPLES, "heldout": EXAMPLES[:2]}
    whole, parts = make_job(spec, "whole", **tables), make_job(spec, "parts", **tables)
    run(whole)
    collate, sizes = Collator.__call__, []

    def scarce(self: Collator, examples: list) -> dict:
        sizes.append(len(examples))
        if len(sizes) > 3 and len(examples) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return collate(self, examples)

    monkeypatch.setattr(Collator, "__call__", scarce)
    with JobFolder(parts) as folder:
        stage.run(sft.sft, folder)

    assert sizes[:3] == [4, 4, 4]
    assert set(sizes[4:]) == {2}
    events = (parts / "events.jsonl").read_text()
    assert "out of memory: going on with micro_batch_size 2" in events
    assert "going on from step-1" in events
    expected = weights_of(whole)
    for name, value in weights_of(parts).items():
        assert (value - expected[name]).norm() <= 1e-5 * value.norm(), name
