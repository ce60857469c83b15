"""Weights that are laid out for few rows give the same, and are gone when sampling ends."""

import copy
import pickle

import pytest
import torch

from tests.training.architectures import model_of
from training import adapters
from training.sampling import Request, Sampling, packing, sample

PROMPTS = ([5, 6, 7, 8], [9, 10, 11], [12] * 9)


def draw(model, chat, *, tokens=20, **how):
    requests = [Request(prompt, [3 * place, 3 * place + 1]) for place, prompt in enumerate(PROMPTS)]
    return sample(model, requests, sampling=Sampling(max_new_tokens=tokens), chat=chat, **how)


def patched(model):
    """Of its linear maps, those that do not multiply as the class does."""
    return [name for name, one in model.named_modules() if "forward" in vars(one)]


@pytest.fixture
def products(monkeypatch):
    """Small maps are laid out too. Found: how many rows each product had."""
    found = []
    own = packing.product_with
    monkeypatch.setattr(packing, "LEAST_WEIGHTS", 0)

    def product_with(laid_out, bias, states):
        found.append(states.numel() // states.shape[-1])
        return own(laid_out, bias, states)

    monkeypatch.setattr(packing, "product_with", product_with)
    return found


def no_products(monkeypatch):
    monkeypatch.setattr(packing, "products", lambda maps, rows: {})


@pytest.mark.parametrize("kind", ["llama", "gpt_neox", "qwen3", "opt"])
def test_the_same_is_drawn(kind, products, monkeypatch):
    model, chat = model_of(kind)
    before = patched(model)
    samples = draw(model, chat)
    assert len(products) > 20 * len(packing.maps_to_pack(model))
    assert patched(model) == before

    products.clear()
    no_products(monkeypatch)
    expected = draw(model, chat)

    assert products == []
    assert [[one.ids for one in some] for some in samples] == [
        [one.ids for one in some] for some in expected
    ]
    for some, like in zip(samples, expected, strict=True):
        for one, other in zip(some, like, strict=True):
            assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)


def test_matrices_that_learn_beside_weights_have_their_part(products, monkeypatch):
    model, chat = model_of("llama")
    adapters.add(model, rank=2, seed=0)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    samples = draw(model, chat)
    assert products

    no_products(monkeypatch)
    assert [one.ids for some in draw(model, chat) for one in some] == [
        one.ids for some in samples for one in some
    ]


def test_weights_that_changed_are_laid_out_anew(products, monkeypatch):
    model, chat = model_of("llama")
    first = draw(model, chat)
    for parameter in model.parameters():
        parameter.data.mul_(1.3)
    second = draw(model, chat)

    no_products(monkeypatch)
    assert [one.ids for some in second for one in some] == [
        one.ids for some in draw(model, chat) for one in some
    ]
    assert first != second


def test_nothing_is_left_when_sampling_is_stopped(products):
    model, chat = model_of("llama")
    before, weights = patched(model), copy.deepcopy(model.state_dict())
    seen = []

    def stop():
        seen.append(len(patched(model)))
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(model, chat, check_stop=stop)

    assert seen[0] > len(before)
    assert patched(model) == before
    assert all(torch.equal(model.state_dict()[name], one) for name, one in weights.items())
    assert draw(copy.deepcopy(model), chat) == draw(model, chat)
    pickle.dumps(model.base_model)


@pytest.mark.parametrize(
    "otherwise", ["short", "half", "autocast", "memory", "no oneDNN", "fails", "lies"]
)
def test_where_it_does_not_pay_or_work_all_stays_as_it_is(otherwise, products, monkeypatch):
    model, chat = model_of("llama")
    tokens = 20
    match otherwise:
        case "short":
            tokens = packing.LEAST_STEPS - 1
        case "half":
            model = model.to(torch.bfloat16)
        case "memory":
            monkeypatch.setattr(packing, "PACKED_BYTES", 1000)
        case "no oneDNN":
            monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
        case "fails":
            monkeypatch.setattr(packing, "agrees", fail)
        case "lies":
            monkeypatch.setattr(packing, "near", lambda one, other: False)
    seen = []
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=otherwise == "autocast"):
        draw(model, chat, tokens=tokens, check_stop=lambda: seen.append(len(patched(model))))

    assert set(seen) == {len(patched(model))}


def fail(*_):
    raise RuntimeError("not on this processor")


def test_many_rows_are_multiplied_as_in_training(products, monkeypatch):
    monkeypatch.setattr(packing, "MOST_ROWS", 6)
    model, chat = model_of("llama")

    draw(model, chat)
    assert products
    assert max(products) <= 6  # prompts are read at once

    products.clear()
    monkeypatch.setattr(packing, "MOST_ROWS", 5)
    draw(model, chat)
    assert products == []
