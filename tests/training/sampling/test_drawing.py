"""Tokens follow from logits and uniform numbers."""

import math

import pytest
import torch

from training.sampling import Sampling, nucleus, pick


def test_pick_inverts_the_distribution_function():
    logits = torch.tensor([0.1, 0.2, 0.0, 0.7]).log().repeat(5, 1)
    uniforms = torch.tensor([0.0, 0.0999, 0.1001, 0.2999, 0.3001])

    tokens, logprobs = pick(logits, uniforms, Sampling(max_new_tokens=1))

    assert tokens.tolist() == [0, 0, 1, 1, 3]
    assert logprobs.exp().tolist() == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.7])


def test_pick_never_takes_an_impossible_token():
    logits = torch.tensor([[-math.inf, 0.0, -math.inf, 0.0, -math.inf]]).repeat(2, 1)
    uniforms = torch.tensor([0.0, 1 - 1e-6])

    assert pick(logits, uniforms, Sampling(max_new_tokens=1))[0].tolist() == [1, 3]


def test_logprobs_are_those_before_top_p():
    logits = torch.tensor([[0.5, 0.3, 0.2]]).log()

    tokens, logprobs = pick(logits, torch.tensor([0.99]), Sampling(max_new_tokens=1, top_p=0.6))

    assert tokens.tolist() == [1]
    assert logprobs.exp().tolist() == pytest.approx([0.3])


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        (1.0, [0.2, 0.5, 0.3]),
        (0.6, [0.0, 0.5, 0.3]),
        (0.5, [0.0, 0.5, 0.0]),
        (0.01, [0.0, 0.5, 0.0]),
    ],
)
def test_nucleus_keeps_the_likeliest_tokens(top_p, kept):
    assert nucleus(torch.tensor([[0.2, 0.5, 0.3]]), top_p).tolist() == [pytest.approx(kept)]
