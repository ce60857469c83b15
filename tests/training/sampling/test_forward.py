"""Logits agree as far as their precision goes."""

from contextlib import nullcontext

import pytest
import torch

from training import tiny
from training.sampling.forward import alike


@pytest.mark.parametrize(
    ("dtype", "autocast", "agree"),
    [
        (torch.float32, None, False),
        (torch.bfloat16, None, True),
        (torch.float32, torch.bfloat16, True),
    ],
)
def test_half_precision_rounds_more(dtype, autocast, agree):
    model = tiny.make()[0].to(dtype)
    logits = torch.tensor([[4.0, 8.0, -2.0]])

    with torch.autocast("cpu", dtype=autocast) if autocast else nullcontext():
        assert alike(logits + 0.05, logits, model) == agree
        assert not alike(logits + 1, logits, model)
        assert alike(logits + 1e-5, logits, model)
