"""What is measured after each epoch, and which epoch is best by it."""

import pytest
import torch

from tests.training.conftest import ask
from training.sft.examples import to_example
from training.sft.measures import Measures, heldout_loss
from training.sft.spec import KEPT

LOSSES = {"0": 3.0, "4": 2.0, "8": 1.5, "12": 1.5}
REWARDS = {"0": 9.0, "4": -1.0, "8": -1.5, "12": -1.0}


@pytest.mark.parametrize(("kept", "step"), [*zip(KEPT, (8, 4, None), strict=True)])
def test_the_first_of_the_best_epochs_is_kept_and_never_the_start(kept, step):
    assert Measures(kept, LOSSES, REWARDS).best_step == step
    assert Measures(kept).best_step is None


def test_measures_outlive_a_checkpoint_of_this_version_and_of_earlier_ones(tmp_path):
    written = Measures("reward", dict(LOSSES), dict(REWARDS))
    written.write(tmp_path)
    read = Measures("reward")
    read.read(tmp_path)
    assert read == written
    (tmp_path / "rewards.json").unlink()

    earlier = Measures()
    earlier.read(tmp_path)

    assert earlier == Measures("best", LOSSES, {})


def test_where_the_best_model_is_lost_only_the_start_is_remembered():
    measures = Measures("reward", dict(LOSSES), dict(REWARDS))

    measures.forget_epochs()

    assert measures == Measures("reward", {"0": 3.0}, {"0": 9.0})
    assert (measures.has(0), measures.has(4)) == (True, False)


def test_heldout_loss_is_the_mean_over_all_tokens(tiny_policy):
    model, chat = tiny_policy
    examples = [
        to_example(chat.prompt(ask("Hi")), chat.completion(text, finished=True))
        for text in ("good", "a much longer and greener text than that")
    ]
    total, count = 0.0, 0
    for example in examples:
        ids, labels = torch.tensor([example["input_ids"]]), torch.tensor([example["labels"]])
        with torch.no_grad():
            mean = model(ids, labels=labels).loss
        tokens = int((labels != -100).sum())
        total, count = total + float(mean) * tokens, count + tokens

    assert heldout_loss(model, examples) == pytest.approx(total / count, rel=1e-5)
