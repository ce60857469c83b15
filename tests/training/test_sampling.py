"""Sampling is exact, and the same in any batch."""

import math

import pytest
import torch

from tests.training.conftest import ask
from training import tiny
from training.chat import Chat
from training.sampling import Request, Sampling, nucleus, pick, sample, text_of

PROMPTS = ["Hi", "What is the capital of France, and why?", "列出三个想法。", "Write a story. " * 9]


@pytest.fixture(scope="module", params=[False, True], ids=["pad", "pad_is_eos"])
def policy(request):
    return tiny.make(pad_is_eos=request.param)


def requests_of(chat, count=3):
    return [
        Request(chat.prompt(ask(text)), [100 * place + n for n in range(count)])
        for place, text in enumerate(PROMPTS)
    ]


def draw(policy, requests, *, temperature=1.0, top_p=1.0, tokens=24, **options):
    model, chat = policy
    sampling = Sampling(max_new_tokens=tokens, temperature=temperature, top_p=top_p)
    return sample(model, requests, sampling=sampling, chat=chat, **options)


@torch.no_grad()
def full_logprobs(model, prompt, ids, temperature):
    """By one forward over the whole unpadded sequence."""
    logits = model(torch.tensor([[*prompt, *ids]])).logits[0, len(prompt) - 1 : -1]
    return (logits / temperature).log_softmax(-1).gather(1, torch.tensor(ids)[:, None])[:, 0]


@pytest.mark.parametrize("temperature", [1.0, 0.7, 1.5])
def test_logprobs_are_those_of_a_full_forward(policy, temperature):
    requests = requests_of(policy[1])

    for request, samples in zip(
        requests, draw(policy, requests, temperature=temperature), strict=True
    ):
        for one in samples:
            expected = full_logprobs(policy[0], request.prompt, one.ids, temperature)
            assert torch.allclose(torch.tensor(one.logprobs), expected, atol=1e-4)


def test_greedy_takes_the_likeliest_token_of_a_full_forward(policy):
    model = policy[0]
    requests = requests_of(policy[1], count=1)

    for request, [one] in zip(requests, draw(policy, requests, temperature=0), strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([[*request.prompt, *one.ids]])).logits
        likeliest = logits[0, len(request.prompt) - 1 : -1].argmax(-1)
        assert one.ids == likeliest.tolist()


def test_samples_do_not_depend_on_the_batch(policy):
    requests = requests_of(policy[1])
    together = draw(policy, requests, batch_size=12)

    assert [[one.ids for one in samples] for samples in together] == [
        [draw(policy, [Request(request.prompt, [seed])])[0][0].ids for seed in request.seeds]
        for request in requests
    ]
    assert [
        [one.ids for one in samples] for samples in draw(policy, requests[::-1], batch_size=3)
    ] == [[one.ids for one in samples] for samples in together[::-1]]


def test_samples_end_with_eos_exactly_if_finished(policy):
    eos_id = policy[1].eos_id
    samples = [one for some in draw(policy, requests_of(policy[1], count=20)) for one in some]

    assert {one.finished for one in samples} == {True, False}
    for one in samples:
        assert one.ids.count(eos_id) == one.finished
        assert (one.ids[-1] == eos_id) == one.finished
        assert one.finished or len(one.ids) == 24
        assert len(one.logprobs) == len(one.ids)
    assert len({tuple(one.ids) for one in samples}) > 70


def test_batches_are_handed_over_as_they_are_done(policy):
    requests = requests_of(policy[1])
    batches = []

    samples = draw(policy, requests, batch_size=6, on_batch=batches.append)

    assert [sorted(batch) for batch in batches] == [[2, 3], [0, 1]]
    assert {place: some for batch in batches for place, some in batch.items()} == dict(
        enumerate(samples)
    )


def test_stop_is_looked_for_at_each_token(policy):
    calls = []

    def check_stop():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(policy, requests_of(policy[1]), check_stop=check_stop)


def test_sampled_frequencies_are_the_models_probabilities(policy):
    model, chat = policy
    request = Request(chat.prompt(ask("Hi")), range(4000))
    [samples] = draw(policy, [request], tokens=1)
    drawn = torch.bincount(torch.tensor([one.ids[0] for one in samples]), minlength=1024)
    with torch.no_grad():
        logits = model(torch.tensor([request.prompt])).logits[0, -1]
    probabilities = torch.zeros(1024)
    probabilities[: len(logits)] = logits.softmax(-1)

    error = (drawn / 4000 - probabilities).abs()

    assert (error < 4 * (probabilities / 4000).sqrt() + 1e-3).all()


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


def test_any_of_the_models_end_tokens_ends_a_text():
    """A base checkpoint with a chat template ends with the token that it was pretrained with."""
    model, chat = tiny.make()
    with torch.no_grad():
        model.lm_head.weight[0] = model.lm_head.weight[chat.eos_id] * 1.001
    both = Chat(chat.tokenizer, ends=[0])

    samples = [one for some in draw((model, both), requests_of(both, count=20)) for one in some]

    ends = {one.ids[-1] for one in samples if one.finished}
    assert ends == {0, 2}
    for one in samples:
        assert not {0, 2}.intersection(one.ids[:-1])
        assert "<|" not in text_of(one, both)


def test_control_tokens_are_never_drawn():
    """People would not see them."""
    model, chat = tiny.make()
    with torch.no_grad():
        model.lm_head.weight[:2, 0] += 3.0  # likelier than all others

    samples = [one for some in draw((model, chat), requests_of(chat, count=20)) for one in some]

    assert not {0, 1}.intersection(token for one in samples for token in one.ids)
