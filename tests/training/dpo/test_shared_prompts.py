"""The texts of a ranking share their prompt, which is computed once: nothing else changes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.architectures import model_of
from tests.training.dpo.setting import drawn_rankings
from training.backbone import Backbone
from training.dpo.spec import DPOSpec
from training.dpo.steps import batch_gradients
from training.dpo.texts import Example
from training.policy import Policy
from training.rankings import apart
from training.reading import Reader
from training.rows import trained
from training.tuning import Tuning

SPEC = DPOSpec(model="", beta=0.3, temperature=0.8)
RANKINGS = drawn_rankings(5, vocabulary=280)
TUNINGS = [Tuning(), Tuning(frozen_layers=2), Tuning(lora_rank=2)]


def read(kind: str, tuning: Tuning, *, tokens: int = 200) -> tuple[Tensor, dict[str, float]]:
    """The gradient of a policy that has moved, and what a batch says."""
    model, chat = model_of(kind)
    policy = Policy(model, tuning, forbid=chat.forbid)
    policy.tune()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in trained(policy).values():
            parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    examples = [Example(one, [-30.0] * len(one.completions)) for one in RANKINGS]
    reader = Reader(policy, 0, SPEC.temperature, tokens=tokens)
    sums = batch_gradients(reader, examples, spec=SPEC, rankings=len(examples))
    gradients = [parameter.grad for parameter in trained(policy).values()]
    return torch.cat([one.flatten() for one in gradients if one is not None]), sums


@pytest.mark.parametrize("kind", ["llama", "gpt2", "gemma2"])
@pytest.mark.parametrize("tuning", TUNINGS, ids=["whole", "frozen", "lora"])
def test_loss_and_gradients_are_those_of_a_row_for_each_text(
    kind: str, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, sums = read(kind, tuning)
    monkeypatch.setattr(Backbone, "shares_prompts", False)
    expected, others = read(kind, tuning)

    assert sums == pytest.approx(others, rel=1e-5)
    assert expected.norm() > 1e-3
    assert (shared - expected).norm() <= 1e-5 * expected.norm()


def test_a_prompt_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []
    model, chat = model_of("llama")
    policy = Policy(model, forbid=chat.forbid)
    assert policy.backbone.shares_prompts  # which is tried once
    own = type(model.model).forward

    def forward(self: Any, *, input_ids: Tensor, **how: Any) -> Any:
        computed.append(input_ids.numel())
        return own(self, input_ids=input_ids, **how)

    monkeypatch.setattr(type(model.model), "forward", forward)
    one = RANKINGS[0]
    found = Reader(policy, 0, 1.0, tokens=10).read([one])

    assert computed == [one.tokens]
    assert len(found[0]) == len(one.completions) > 1
    assert apart([one], pad_id=0).ids.numel() > one.tokens
