"""Texts that share a prompt attend as their mask says, for fewer scores."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from training.attention import Texts, attend, with_texts
from training.rankings import Ranking, pack

GROUPED: Any = SimpleNamespace(num_key_value_groups=2, is_causal=True)


def ranking(prompt: int, *completions: int) -> Ranking:
    return Ranking(1, "ada", [5] * prompt, [[6] * n for n in completions], [[0]])


def states(rows: int, width: int) -> list[Tensor]:
    torch.manual_seed(0)
    shapes = [(rows, heads, width, 8) for heads in (4, 2, 2)]
    return [torch.randn(shape, dtype=torch.float64).requires_grad_() for shape in shapes]


@pytest.mark.parametrize(
    "rankings",
    [
        [ranking(7, 5, 1, 9)],
        [ranking(3, 4, 4, 2, 6), ranking(12, 1), ranking(1, 2, 3)],
    ],
)
def test_it_gives_what_the_mask_gives_and_its_gradients(rankings: list[Ranking]) -> None:
    packed = pack(rankings, pad_id=0)
    given = states(*packed.ids.shape)
    real = torch.arange(packed.ids.shape[1]) < packed.lengths[:, None]

    found, _ = attend(GROUPED, *given, packed.mask)
    expected, _ = sdpa_attention_forward(GROUPED, *given, packed.mask)

    torch.testing.assert_close(found[real], expected[real])
    weight = torch.randn(found.shape, dtype=torch.float64)[real]
    ours = torch.autograd.grad((found[real] * weight).sum(), given)
    theirs = torch.autograd.grad((expected[real] * weight).sum(), given)
    torch.testing.assert_close(ours, theirs)
    assert all(gradient.isfinite().all() for gradient in ours)


def test_a_plain_mask_is_served_as_ever() -> None:
    given = states(2, 6)
    mask = torch.ones(6, 6, dtype=torch.bool).tril()[None, None]

    assert torch.equal(
        attend(GROUPED, *given, mask)[0], sdpa_attention_forward(GROUPED, *given, mask)[0]
    )


def test_models_with_fused_attention_find_it() -> None:
    assert ALL_ATTENTION_FUNCTIONS["sdpa"] is attend


def test_what_it_computes_are_the_scores_of_each_text_with_its_prompt(monkeypatch: Any) -> None:
    """Three texts of 64 tokens after 128: 128 x 128 and 3 x 64 x 192 scores, not 320 x 320."""
    asked = []

    def counted(module: Any, query: Tensor, key: Tensor, *rest: Any, **how: Any) -> Any:
        asked.append((query.shape[0], query.shape[2], key.shape[2]))
        return sdpa_attention_forward(module, query, key, *rest, **how)

    monkeypatch.setattr("training.attention.sdpa_attention_forward", counted)
    packed = pack([ranking(128, 64, 64, 64)], pad_id=0)

    attend(GROUPED, *states(1, 320), packed.mask)

    assert asked == [(1, 128, 128), (3, 64, 192)]


def test_a_mask_keeps_what_it_says() -> None:
    mask = torch.ones(1, 1, 4, 4, dtype=torch.bool).tril()
    texts = Texts.of([2], [[1, 1]], width=4, device="cpu")

    assert with_texts(mask, texts) is mask
