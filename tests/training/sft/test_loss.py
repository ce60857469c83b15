"""The head sees what has a label alone; losses, figures and gradients are TRL's own."""

from pathlib import Path

import pytest
from trl import SFTTrainer

from tests.training.sft.test_trainer import EXAMPLES, Gradients, spec_of
from training.folder import JobFolder
from training.sft import trainer as sft
from training.sft.loss import LabelTrainer
from training.tuning import Tuning

FIGURES = ("loss", "entropy", "mean_token_accuracy", "grad_norm")


class Learned(Gradients):
    """Of what learns: with LoRA most does not."""

    def on_pre_optimizer_step(self, args, state, control, model=None, **kwargs):
        found = {name: one.grad for name, one in model.named_parameters()}
        self.values = {name: one.clone() for name, one in found.items() if one is not None}


def learn(folder: JobFolder, tiny_folder: Path, *, rank: int) -> tuple[list, dict, list[int], int]:
    """Figures of two steps; the last one's gradients; tokens that the head saw; and labels."""
    spec = spec_of(tiny_folder, epochs=1, micro_batch_size=4, lora_rank=rank)
    model, chat = sft.load_policy(tiny_folder)
    seen = []
    model.get_output_embeddings().register_forward_hook(
        lambda head, args, logits: seen.append(logits.shape[:-1].numel())
    )
    examples, _ = sft.read_examples(folder, "train", spec, chat)
    run = sft.SFTRun(folder, model, chat, [], base=spec.model)
    trainer = sft.new_trainer(folder, spec, Tuning(lora_rank=rank), model, chat, examples, run)
    seen.clear()  # what was tried when it was made
    learned = Learned()
    trainer.add_callback(learned)
    trainer.train()
    steps = [log for log in trainer.state.log_history if "loss" in log]
    labels = sum(label >= 0 for example in examples for label in example["labels"])
    return [[step[name] for name in FIGURES] for step in steps], learned.values, seen, labels


@pytest.mark.parametrize("rank", [0, 2])
def test_all_is_as_trl_has_it(rank, make_job, tiny_folder, monkeypatch):
    with JobFolder(make_job(spec_of(tiny_folder), train=EXAMPLES[:16])) as folder:
        figures, ours, seen, labels = learn(folder, tiny_folder, rank=rank)
        monkeypatch.setattr(LabelTrainer, "compute_loss", SFTTrainer.compute_loss)
        expected_figures, expected, unseen, _ = learn(folder, tiny_folder, rank=rank)

    assert len(seen) == 4  # micro-batches
    assert sum(seen) == labels
    assert unseen == []  # TRL multiplies by the head's weights itself
    assert len(figures) == 2
    for step, like in zip(figures, expected_figures, strict=True):
        assert step == pytest.approx(like, rel=1e-4)
    assert ours.keys() == expected.keys()
    for name, gradient in expected.items():
        assert (gradient - ours[name]).norm() <= 1e-5 * gradient.norm() + 1e-9, name
