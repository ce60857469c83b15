"""Rows that come and go give what each gives alone, whatever the architecture."""

import pytest
import torch

from tests.training.architectures import ARCHITECTURES, model_of
from training.chat import Chat
from training.sampling import Request, Sampling, decoding, sample

# The windows are of 64 tokens.
LENGTHS = (90, 70, 66, 40, 30, 12, 9, 3)
PLACES = 4


def setting(kind):
    """A model that ends a text after some twenty tokens, and prompts of all lengths."""
    model, chat = model_of(kind)
    generator = torch.Generator().manual_seed(1)
    prompts = [torch.randint(3, 300, (n,), generator=generator).tolist() for n in LENGTHS]
    return (
        model,
        Chat(chat.tokenizer, ends=range(100, 120)),
        [
            Request(prompt, [10 * place + n for n in range(1 + place % 2)])
            for place, prompt in enumerate(prompts)
        ],
    )


def draw(model, chat, requests, *, tokens=40, **options):
    return sample(model, requests, sampling=Sampling(max_new_tokens=tokens), chat=chat, **options)


def ids_of(samples):
    return [[one.ids for one in some] for some in samples]


@torch.no_grad()
def own_logprobs(model, chat, prompt, ids):
    """By one forward of the whole text."""
    logits = model(torch.tensor([[*prompt, *ids]])).logits[0, len(prompt) - 1 : -1]
    logprobs = chat.forbid(logits.float()).log_softmax(-1)
    return logprobs.gather(1, torch.tensor(ids)[:, None])[:, 0]


@pytest.fixture
def added(monkeypatch):
    """For each prefill: the rows that were there, and the new ones."""
    found = []
    own = decoding.Decoder.add

    def add(decoder, requests):
        before = len(decoder.rows)
        own(decoder, requests)
        found.append((before, len(decoder.rows) - before))

    monkeypatch.setattr(decoding.Decoder, "add", add)
    return found


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_waiting_rows_take_the_places_of_finished_ones(kind, added, monkeypatch):
    monkeypatch.setattr(decoding, "SPARE", 2)  # so that the columns are used up
    model, chat, requests = setting(kind)

    samples = draw(model, chat, requests, batch_size=PLACES)

    assert any(before for before, _ in added)
    assert all(before + new <= PLACES for before, new in added)
    assert {one.finished for some in samples for one in some} == {True, False}
    for request, some in zip(requests, samples, strict=True):
        for one in some:
            expected = own_logprobs(model, chat, request.prompt, one.ids)
            torch.testing.assert_close(torch.tensor(one.logprobs), expected, rtol=0, atol=2e-4)
    assert ids_of(samples) == ids_of(draw(model, chat, [request])[0] for request in requests)


def test_a_cache_that_keeps_more_takes_rows_when_it_is_empty(added, monkeypatch):
    model, chat, requests = setting("mistral")
    expected = draw(model, chat, requests, batch_size=PLACES)
    added.clear()

    monkeypatch.setattr(decoding, "can_refill", lambda model: False)
    samples = draw(model, chat, requests, batch_size=PLACES)

    assert {before for before, _ in added} == {0}
    assert len(added) > 2
    assert ids_of(samples) == ids_of(expected)


def test_tokens_may_be_looked_at_now_and_then(monkeypatch):
    model, chat, requests = setting("gemma3_text")
    expected = draw(model, chat, requests, batch_size=PLACES)
    monkeypatch.setattr(decoding, "LOOK_EVERY", {"cpu": 7})

    samples = draw(model, chat, requests, batch_size=PLACES)

    assert ids_of(samples) == ids_of(expected)
    assert {one.finished for some in samples for one in some} == {True, False}
    for some in samples:
        for one in some:
            assert len(one.logprobs) == len(one.ids)
            assert (one.ids[-1] in chat.stop_ids) == one.finished
            assert not chat.stop_ids.intersection(one.ids[:-1])


@pytest.mark.parametrize(("kind", "taken"), [("qwen3", True), ("mistral", False), ("bloom", False)])
def test_masks_are_made_here_where_they_say_the_same(kind, taken, monkeypatch):
    """Mistral's layers see a window; Bloom reads positions from the mask."""
    model, chat, requests = setting(kind)
    expected = draw(model, chat, requests, batch_size=PLACES)
    monkeypatch.setattr(decoding, "OWN_MASKS", {"cpu"})
    kinds = []
    own = decoding.forward
    monkeypatch.setattr(
        decoding,
        "forward",
        lambda model, ids, mask, *rest: (kinds.append(mask.ndim), own(model, ids, mask, *rest))[1],
    )

    samples = draw(model, chat, requests, batch_size=PLACES)

    assert ids_of(samples) == ids_of(expected)
    assert (kinds[-1] == 4) == taken


@pytest.mark.parametrize("kind", ["qwen3", "gpt2"])
def test_a_step_that_can_be_recorded_draws_the_same(kind, monkeypatch):
    """By tensors that stay where they are: all columns, and places that nobody has."""
    model, chat, requests = setting(kind)
    expected = draw(model, chat, requests, batch_size=PLACES)
    monkeypatch.setattr(decoding, "OWN_MASKS", {"cpu"})
    monkeypatch.setattr(decoding, "RECORDED", {"cpu"})
    monkeypatch.setattr(decoding, "LOOK_EVERY", {"cpu": 7})
    monkeypatch.setattr(decoding, "SPARE", 2)
    counts = []
    own = decoding.Decoder.fixed_step
    monkeypatch.setattr(
        decoding.Decoder,
        "fixed_step",
        lambda self, count: (counts.append((len(self.rows), count)), own(self, count))[1],
    )

    samples = draw(model, chat, requests, batch_size=PLACES)

    assert ids_of(samples) == ids_of(expected)
    assert all(rows <= count for rows, count in counts)
    assert any(rows < count for rows, count in counts)


def test_a_prompt_with_more_completions_than_places_is_sampled_in_parts(added):
    model, chat, _ = setting("llama")
    request = Request([5, 6, 7], range(10))

    [samples] = draw(model, chat, [request], batch_size=PLACES)

    assert [one.ids for one in samples] == [
        draw(model, chat, [Request([5, 6, 7], [seed])])[0][0].ids for seed in range(10)
    ]
    assert max(new for _, new in added[:3]) == PLACES


def test_models_in_bf16_sample_by_logits_in_fp32():
    model, chat, requests = setting("qwen3")
    model = model.to(torch.bfloat16)

    for request, some in zip(requests, draw(model, chat, requests, batch_size=PLACES), strict=True):
        for one in some:
            expected = own_logprobs(model, chat, request.prompt, one.ids)
            torch.testing.assert_close(torch.tensor(one.logprobs), expected, rtol=0, atol=0.05)
            assert any(value != round(value * 256) / 256 for value in one.logprobs)  # not bf16's
