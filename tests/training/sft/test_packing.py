"""Demonstrations that share a row are learned as if each had one of its own."""

import copy
from typing import Any

import pytest
import torch

from tests.training.architectures import ARCHITECTURES, model_of
from tests.training.conftest import ask
from tests.training.sft.test_trainer import EXAMPLES, gradients, spec_of
from training.backbone import Backbone
from training.folder import JobFolder
from training.sft import packing, trainer
from training.sft.examples import to_example
from training.sft.packing import Collator, collator_for, shared_rows


def examples_of(*lengths: int) -> list[dict[str, Any]]:
    """Random ones, of which a third is prompt."""
    dice = torch.Generator().manual_seed(3)
    found = []
    for length in lengths:
        ids = torch.randint(3, 300, (length,), generator=dice).tolist()
        prompt = max(1, length // 3)
        found.append({"input_ids": ids, "labels": [-100] * prompt + ids[prompt:]})
    return found


# The longest is at the windows' edge, of 64 tokens.
SHORT = examples_of(9, 30, 64, 17, 12, 5, 41)


def learned(model: Any, batch: dict[str, torch.Tensor]) -> tuple[float, dict[str, torch.Tensor]]:
    """The mean loss over all completion tokens, and its gradients."""
    model = copy.deepcopy(model)
    logits = model(**{name: batch[name] for name in batch if name != "labels"}).logits
    loss = torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), batch["labels"][:, 1:].flatten()
    )
    loss.backward()
    named = model.named_parameters()
    return loss.item(), {name: one.grad for name, one in named if one.grad is not None}


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_losses_and_gradients_are_those_of_a_row_each(kind, monkeypatch):
    monkeypatch.setattr(packing, "ROW_TOKENS", 100)
    model, chat = model_of(kind)
    collator = collator_for(model, SHORT, pad_id=chat.pad_id)
    assert (collator.backbone is None) == (kind == "mixtral")  # which counts tokens by a mask

    packed, padded = collator(SHORT), Collator(chat.pad_id)(SHORT)

    if kind != "mixtral":
        assert padded["input_ids"].shape == (7, 64)
        assert packed["input_ids"].numel() < 200
    loss, ours = learned(model, packed)
    expected_loss, expected = learned(model, padded)
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    assert ours.keys() == expected.keys()
    for name, gradient in ours.items():
        assert (gradient - expected[name]).norm() <= 1e-4 * expected[name].norm() + 1e-7, name


@torch.no_grad()
@pytest.mark.parametrize("changed", range(len(SHORT)))
def test_no_text_sees_another(changed, monkeypatch):
    monkeypatch.setattr(packing, "ATTENTION", 10**9)  # all in one row
    model, chat = model_of("llama")
    collator = collator_for(model, SHORT, pad_id=chat.pad_id)
    other = [dict(one) for one in SHORT]
    other[changed]["input_ids"] = [5] * len(other[changed]["input_ids"])
    batches = collator(SHORT), collator(other)
    assert len(batches[0]["input_ids"]) == 1

    logits, others = (
        model(**{name: batch[name] for name in batch if name != "labels"}).logits[0]
        for batch in batches
    )

    moved = (logits != others).any(-1).nonzero()[:, 0]
    start = sum(len(one["input_ids"]) for one in longer_than(changed))
    end = start + len(SHORT[changed]["input_ids"])
    assert set(moved.tolist()) <= set(range(start, end))
    assert len(moved)


def longer_than(place: int) -> list[dict[str, Any]]:
    """Those that lie before it in a row."""
    lengths = [len(one["input_ids"]) for one in SHORT]
    return [one for one in SHORT if len(one["input_ids"]) > lengths[place]]


def test_the_trainers_gradients_are_those_of_padded_batches(make_job, tiny_folder, monkeypatch):
    path = make_job(spec_of(tiny_folder), train=EXAMPLES[:8])
    shapes = []

    def padded(model: Any, examples: Any, *, pad_id: int) -> Collator:
        return Collator(pad_id)

    def seen(self: Collator, examples: Any) -> Any:
        batch = collate(self, examples)
        shapes.append(tuple(batch["input_ids"].shape))
        return batch

    collate = Collator.__call__
    monkeypatch.setattr(Collator, "__call__", seen)
    with JobFolder(path) as folder:
        packed = gradients(folder, tiny_folder, 8)
        monkeypatch.setattr(trainer, "collator_for", padded)
        expected = gradients(folder, tiny_folder, 8)

    (rows, width), (padded_rows, longest) = shapes
    assert rows < padded_rows == 8
    assert rows * width < padded_rows * longest
    for name, value in expected.items():
        assert (value - packed[name]).norm() <= 1e-6 * value.norm(), name


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([5, 5], [[0, 1]]),
        ([8, 3, 7, 2], [[0, 3], [2, 1]]),
        ([12, 6, 6, 1], [[0], [1, 2], [3]]),
        ([4], [[0]]),
    ],
)
def test_rows_are_filled_by_the_longest_that_fits(lengths, expected):
    assert packing.filled(lengths, max(10, *lengths)) == expected


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([170, 120, 75, 191], [[3], [0], [1, 2]]),  # 585 tokens; in two rows it would be 722
        ([100, 100, 100, 100], [[0], [1], [2], [3]]),  # nothing to gain
        ([200, 10, 10, 10], [[0, 1, 2, 3]]),
        ([600, 300, 290], [[0], [1, 2]]),  # longer than rows of several are elsewhere
    ],
)
def test_rows_are_as_long_as_costs_the_least(lengths, expected):
    assert shared_rows(lengths) == expected


def test_texts_longer_than_a_window_have_a_row_each():
    model, chat = model_of("mistral")

    assert collator_for(model, SHORT, pad_id=chat.pad_id).backbone
    assert collator_for(model, [*SHORT, *examples_of(65)], pad_id=chat.pad_id).backbone is None


def test_a_model_that_lets_texts_see_each_other_has_a_row_for_each(monkeypatch):
    """It is tried on the model, not looked up by its name."""
    model, chat = model_of("llama")
    forward = type(model.base_model).forward

    def heedless(self: Any, input_ids: Any, attention_mask: Any = None, **named: Any) -> Any:
        return forward(self, input_ids, attention_mask=torch.ones_like(input_ids), **named)

    monkeypatch.setattr(type(model.base_model), "forward", heedless)

    assert not Backbone(model.base_model).shares_rows
    batch = collator_for(model, SHORT, pad_id=chat.pad_id)(SHORT)
    assert batch["input_ids"].shape == (7, 64)
    assert "position_ids" not in batch


def test_what_fills_a_row_is_not_learned(tiny_policy):
    """Even where it is the token that ends a text."""
    _, chat = tiny_policy
    examples = [
        to_example(chat.prompt(ask("Hi")), chat.completion(text, finished=True))
        for text in ("good", "a much longer and greener text than that")
    ]

    batch = Collator(chat.eos_id)(examples)

    for row, example in enumerate(examples):
        length = len(example["input_ids"])
        assert batch["labels"][row, :length].tolist() == example["labels"]
        assert batch["labels"][row, length:].eq(-100).all()
        assert batch["attention_mask"][row].tolist().count(1) == length
