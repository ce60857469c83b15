"""Rows at once follow from what a row takes and what there is."""

import pytest
import torch

from tests.training.architectures import model_of
from training import tiny
from training.sampling import Request, Sampling, decoding, memory, sample
from training.sampling.memory import bytes_a_token, rows_that_fit


@pytest.mark.parametrize(
    ("kind", "dtype", "expected"),
    [
        ("llama", torch.float32, 3 * 2 * 2 * 16 * 4),  # layers, both, heads, size, bytes
        ("llama", torch.bfloat16, 3 * 2 * 2 * 16 * 2),
        ("gemma3_text", torch.float32, 3 * 2 * 2 * 16 * 4),
        ("gpt2", torch.float32, 3 * 2 * 4 * 16 * 4),
    ],
)
def test_a_token_takes_the_keys_and_values_of_all_layers(kind, dtype, expected):
    assert bytes_a_token(model_of(kind)[0].to(dtype)) == expected


def test_rows_take_tokens_and_logits(monkeypatch):
    model, _ = model_of("llama")
    monkeypatch.setattr(memory, "CPU_BYTES", 10 * (100 * 768 + 24 * model.config.vocab_size))

    assert rows_that_fit(model, tokens=100, sampling=Sampling(max_new_tokens=1)) == 10
    assert rows_that_fit(model, tokens=100, sampling=Sampling(max_new_tokens=1, top_p=0.9)) < 10
    assert rows_that_fit(model, tokens=10**9, sampling=Sampling(max_new_tokens=1)) == 1


@pytest.mark.parametrize(("batch_size", "most"), [(0, 5), (3, 3), (40, 5)])
def test_no_more_rows_are_sampled_than_fit(monkeypatch, batch_size, most):
    model, chat = tiny.make()
    places = []
    own = decoding.Decoder.__init__
    monkeypatch.setattr(
        decoding.Decoder, "__init__",
        lambda self, *args, **how: (places.append(how["places"]), own(self, *args, **how))[1],
    )  # fmt: skip
    monkeypatch.setattr("training.sampling.sampler.rows_that_fit", lambda *_, **__: 5)

    sample(
        model, [Request([5, 6], [n]) for n in range(12)],
        sampling=Sampling(max_new_tokens=3), chat=chat, batch_size=batch_size,
    )  # fmt: skip

    assert places == [most]
