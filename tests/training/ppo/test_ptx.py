"""What is learned beside rollouts: its gradient, which texts, and that a run goes on with them."""

import shutil
from collections import Counter
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from tests.training.conftest import ask
from tests.training.ppo.setting import SPEC, assert_close, drawn_rows, experience_of
from tests.training.ppo.test_trainer import PROMPTS, events_of, stage_spec, tiny_reward
from training.errors import BadInputError
from training.folder import JobFolder
from training.ppo import trainer as ppo
from training.ppo.ptx import Corpus, Demonstrations, Mixture, at_once, ptx_gradients
from training.ppo.update import Optimisers, update
from training.processes import Alone
from training.rows import trained

__all__ = ["stage_spec", "tiny_reward"]  # fixtures

DEMONSTRATIONS = [
    {"prompt_id": n, "messages": ask(f"Say {text}"), "completion": text}
    for n, text in enumerate(["water", "a green book and a long evening", "bread, at home", "fire"])
]
CORPUS = [{"text": f"{n} apples, {n} pears and a long evening of <|im_end|>"} for n in range(9)]
CPU = torch.device("cpu")


def of(spec, count: int = 4) -> Mixture:
    texts = [([1, 5 + n], [7] * (n + 1)) for n in range(count)]
    return Mixture(spec=spec, source=Demonstrations(texts=texts, pad_id=0, device=CPU))


@pytest.mark.parametrize("size", [1, 2, 12])
def test_the_gradient_is_that_of_the_mean_loss_of_all_their_tokens(make_networks, size):
    networks, rows = make_networks(), drawn_rows()
    spec = replace(SPEC, ptx_coef=0.7, micro_batch_size=size)
    total, tokens = torch.zeros(()), 0
    for ids, start, end in zip(rows.ids, rows.prompt_lengths, rows.lengths, strict=True):
        logits = networks.policy.model(ids[None, :end]).logits[0, start - 1 : end - 1].float()
        logits = networks.policy.forbid(logits)
        total = total + F.cross_entropy(logits, ids[start:end], reduction="sum")
        tokens += int(end - start)
    parameters = list(trained(networks.policy).values())
    expected = torch.autograd.grad(0.7 * total / tokens, parameters)

    stats = ptx_gradients(networks.policy, rows, spec=spec, processes=Alone())

    flat = torch.cat([gradient.flatten() for gradient in expected])
    assert_close(torch.cat([p.grad.flatten() for p in parameters]), flat)
    assert stats["ptx_loss"] == pytest.approx(float(total.detach()) / tokens, rel=1e-5)


def test_each_minibatch_has_others_until_all_had_their_turn():
    spec = replace(SPEC, ptx_coef=1.0, batch_size=12, minibatch_size=6, inner_epochs=2)
    mixture = of(spec, count=24)

    drawn = [mixture.places(step, number) for step in range(2) for number in range(4)]

    assert sorted(place for some in drawn[:4] for place in some) == list(range(24))
    assert sorted(place for some in drawn[4:] for place in some) == list(range(24))
    assert drawn[0] != drawn[4]
    assert drawn == [of(spec, count=24).places(step, n) for step in range(2) for n in range(4)]
    assert Counter(of(spec, count=4).places(0, 0)).most_common(1)[0][1] == 2  # 6 of 4


def test_processes_share_a_minibatch():
    spec = replace(SPEC, ptx_coef=1.0)

    class Second(Alone):
        count, rank = 2, 1

    both = [of(spec).rows(1, 1, who) for who in (Alone(), Second())]

    assert both[1].ids[:, 1].tolist() == both[0].ids[1::2, 1].tolist()


def test_an_update_learns_them_and_none_where_the_policy_waits(make_networks):
    spec = replace(SPEC, ptx_coef=50.0, learning_rate=1e-2)
    networks = make_networks(moved=False)
    mixture = of(spec)

    def step(number, spec):
        experience = experience_of(networks, drawn_rows(), spec)
        return update(
            networks, Optimisers.of(networks, spec), experience, spec=spec, step=number,
            processes=Alone(), mixture=mixture,
        )  # fmt: skip

    assert "ptx_loss" not in step(1, replace(spec, value_warmup_steps=2))
    losses = [step(number, spec)["ptx_loss"] for number in range(1, 4)]

    assert losses[2] < losses[0] - 0.1


def test_all_of_a_row_of_a_corpus_is_learned_but_its_first_token(make_networks):
    networks, spec = make_networks(), replace(SPEC, ptx_coef=1.0)
    ids = torch.tensor([[3, 9, 4, 5], [6, 2, 8, 7]], dtype=torch.int32)
    corpus = Corpus(ids=ids, device=CPU)

    rows = corpus.rows([1, 0, 1])
    stats = ptx_gradients(networks.policy, rows, spec=spec, processes=Alone())

    assert rows.ids.tolist() == [[6, 2, 8, 7], [3, 9, 4, 5], [6, 2, 8, 7]]
    assert rows.response_tokens().tolist() == [2, 8, 7, 9, 4, 5, 2, 8, 7]
    logits = networks.policy.forbid(networks.policy.model(rows.ids).logits[:, :-1].float())
    expected = F.cross_entropy(logits.flatten(0, 1), rows.ids[:, 1:].flatten())
    assert stats["ptx_loss"] == pytest.approx(float(expected.detach()), rel=1e-5)


def test_long_rows_come_fewer_at_a_time():
    spec = replace(SPEC, micro_batch_size=8, max_new_tokens=50)

    def longest(tokens: int) -> int:
        ids = torch.zeros(2, tokens, dtype=torch.int32)
        return at_once(Corpus(ids=ids, device=CPU).rows([0, 1]), spec, Alone())

    assert [longest(tokens) for tokens in (2, 51, 101, 401, 4000)] == [8, 8, 4, 1, 1]


def test_processes_take_as_many_at_a_time_whatever_the_length_of_their_own():
    """Models in parts are computed by all at once: one that computes less often waits for ever."""
    spec = replace(SPEC, ptx_coef=1.0, micro_batch_size=8, max_new_tokens=5)
    mixture = of(spec, count=12)
    longest = []

    class Both(Alone):
        count = 2

        def __init__(self, rank):
            self.rank = rank

        def max(self, tensor):
            longest.append(int(tensor))
            return torch.tensor(max(12, int(tensor)))

    sizes = {at_once(mixture.rows(0, 1, Both(rank)), spec, Both(rank)) for rank in (0, 1)}

    assert sizes == {8 * 5 // 12}
    assert len(set(longest)) == 2


@pytest.mark.parametrize("name", ["demonstrations", "corpus"])
def test_a_run_goes_on_with_the_same_texts(make_job, stage_spec, name):
    spec = replace(stage_spec, ptx_coef=1.0, ptx_tokens=8, steps=3, checkpoint_every=1)
    texts = {"demonstrations": DEMONSTRATIONS, "corpus": CORPUS}[name]
    tables = {"prompts": PROMPTS, name: texts}
    whole, cut = make_job(spec, "whole", **tables), make_job(spec, "cut", **tables)
    with JobFolder(whole) as folder:
        ppo.ppo(folder)
    shutil.copytree(whole / "checkpoints" / "step-1", cut / "checkpoints" / "step-1")
    with JobFolder(cut) as folder:
        ppo.ppo(folder)

    weights = "model/model.safetensors"
    assert (cut / weights).read_bytes() == (whole / weights).read_bytes()
    losses = [event["values"]["ptx_loss"] for event in events_of(whole, "metric")]
    assert losses[1:] == [event["values"]["ptx_loss"] for event in events_of(cut, "metric")]


@pytest.mark.parametrize(
    ("corpus", "what"),
    [([], "set the coefficient"), ([{"text": "short"}], r"one row of 30 tokens.*ptx_tokens")],
)
def test_without_any_it_says_what_to_do(make_job, stage_spec, corpus, what):
    spec = replace(stage_spec, ptx_coef=1.0, ptx_tokens=30)
    path = make_job(spec, prompts=PROMPTS, corpus=corpus)

    with JobFolder(path) as folder, pytest.raises(BadInputError, match=what):
        ppo.ppo(folder)
