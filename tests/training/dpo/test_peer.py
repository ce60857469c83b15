"""Loss and gradients are those of TRL's DPOTrainer on the same pairs."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from transformers import PreTrainedModel

from tests.training.dpo.setting import drawn_rankings
from training import tiny
from training.chat import Chat
from training.dpo.spec import DPOSpec
from training.dpo.steps import batch_gradients
from training.dpo.texts import Example
from training.policy import Policy
from training.rankings import Ranking, part_of
from training.reading import Reader


def moved(seed: int) -> tuple[PreTrainedModel, Chat]:
    """The tiny model, a little away from where it started."""
    model, chat = tiny.make()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return model, chat


def pairs() -> list[Ranking]:
    """Rankings of two texts."""
    found = [part_of(one, [0, 1]) for one in drawn_rankings(7, vocabulary=280)]
    return [one for one in found if len(one.tiers) == 2]


def trainer_of(folder: Path, model: PreTrainedModel, chat: Chat, **values: Any) -> Any:
    from trl import DPOConfig, DPOTrainer

    config = DPOConfig(
        output_dir=str(folder),
        beta=0.3,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        report_to="none",
        disable_tqdm=True,
        max_length=None,
        **values,
    )
    text = {"prompt": "Hi", "chosen": " yes", "rejected": " no"}
    return DPOTrainer(
        model=model,
        ref_model=tiny.make()[0],
        args=config,
        train_dataset=Dataset.from_list([text]),
        processing_class=chat.tokenizer,
    )


@pytest.mark.slow
@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.filterwarnings("ignore")  # of the library, about itself
def test_loss_and_gradients_are_those_of_trl(tmp_path: Path, normalised: bool) -> None:
    from trl.trainer.dpo_trainer import DataCollatorForPreference

    rankings = pairs()
    assert len(rankings) > 3
    spec = DPOSpec(model="", beta=0.3, length_normalised=normalised)
    ours, chat = moved(1)
    policy, start = (Policy(one, forbid=lambda x: x) for one in (ours, tiny.make()[0]))
    reader, before = (Reader(one, chat.pad_id, 1.0, tokens=10_000) for one in (policy, start))
    reference = before.read(rankings)
    examples = [Example(*pair) for pair in zip(rankings, reference, strict=True)]
    sums = batch_gradients(reader, examples, spec=spec, rankings=len(examples))

    theirs, _ = moved(1)
    kind = "sigmoid_norm" if normalised else "sigmoid"
    trainer = trainer_of(tmp_path, theirs, chat, loss_type=[kind])
    batch = [
        {
            "prompt_ids": one.prompt,
            "chosen_ids": one.completions[one.tiers[0][0]],
            "rejected_ids": one.completions[one.tiers[1][0]],
        }
        for one in rankings
    ]
    loss = trainer.compute_loss(theirs, DataCollatorForPreference(chat.pad_id)(batch))
    loss.backward()

    assert sums["loss"] / len(examples) == pytest.approx(loss.item(), rel=1e-5)
    assert abs(loss.item() - math.log(2)) > 1e-2  # there is something to compare
    known = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None
        gap = (parameter.grad - known[name].grad).norm()
        assert gap <= 1e-4 * known[name].grad.norm(), name
