"""Sampling is exact, and the same in any batch."""

import pytest
import torch

from tests.training.conftest import ask
from training import tiny
from training.chat import Chat
from training.sampling import Request, Sampling, decoding, sample, text_of

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


def test_requests_are_handed_over_as_they_are_done(policy):
    requests = requests_of(policy[1])
    told = []

    samples = draw(policy, requests, batch_size=3, on_done=told.append)

    assert [list(some) for some in told] == [[3], [2], [1], [0]]  # long prompts first
    assert {place: some for done in told for place, some in done.items()} == dict(
        enumerate(samples)
    )


def test_what_is_done_is_handed_over_when_a_stop_is_asked_for(policy):
    requests = requests_of(policy[1], count=1)
    whole = draw(policy, requests)
    told, calls = {}, []

    def check_stop():
        calls.append(1)
        if len(calls) == 24:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(policy, requests, on_done=told.update, check_stop=check_stop)

    assert told == {n: whole[n] for n in range(4) if len(whole[n][0].ids) < 23}
    assert 0 < len(told) < 4


def test_without_a_limit_all_rows_are_sampled_at_once(policy, monkeypatch):
    rows = forwards(monkeypatch)
    draw(policy, [Request([5, 6, 7], [n]) for n in range(300)], tokens=2)

    assert rows[0] == 300


def forwards(monkeypatch):
    """Rows of each forward to come."""
    rows = []
    own = decoding.forward
    monkeypatch.setattr(
        decoding,
        "forward",
        lambda model, ids, *rest: (rows.append(len(ids)), own(model, ids, *rest))[1],
    )
    return rows


def test_memory_that_runs_out_halves_the_rows_and_loses_nothing(policy, monkeypatch):
    requests = requests_of(policy[1])
    expected = draw(policy, requests)
    rows, told, said = [], [], []
    own = decoding.forward

    def forward(model, ids, *rest):
        rows.append(len(ids))
        if len(ids) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return own(model, ids, *rest)

    monkeypatch.setattr(decoding, "forward", forward)
    samples = draw(policy, requests, on_done=lambda done: told.extend(done), log=said.append)

    assert [[one.ids for one in some] for some in samples] == [
        [one.ids for one in some] for some in expected
    ]
    assert sorted(told) == [0, 1, 2, 3]
    assert [count for count in rows if count > 3] == [4, 6]  # 4 prompts; then 6 rows
    assert said == [f"out of memory: going on with {n} texts at a time" for n in (6, 3)]


def test_a_single_row_that_finds_no_memory_is_an_error(policy, monkeypatch):
    def forward(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(decoding, "forward", forward)

    with pytest.raises(torch.OutOfMemoryError):
        draw(policy, requests_of(policy[1]))


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
