"""One row per ranking gives what one forward per completion gives."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.training.conftest import NO_SYSTEM_TURNS
from tests.training.random_reward import random_reward_model
from training import losses, tiny
from training.chat import Chat
from training.errors import BadInputError
from training.rankings import (
    Ranking,
    at_once,
    batches_by_tokens,
    encode_rankings,
    once_each,
)
from training.reward_model import RewardModel
from training.rows import Rows


class ExactNorm(nn.Module):
    """RMSNorm in the precision of its input; the Llama one computes in fp32 whatever it gets."""

    def __init__(self, norm: Any) -> None:
        super().__init__()
        self.weight, self.eps = norm.weight, norm.variance_epsilon

    def forward(self, hidden: Tensor) -> Tensor:
        return self.weight * hidden * (hidden.pow(2).mean(-1, keepdim=True) + self.eps).rsqrt()


@pytest.fixture
def exact_model(tiny_folder):
    """The tiny reward model in fp64."""
    model, _ = random_reward_model(tiny_folder)
    model.double()
    for layer in model.backbone.decoder.layers:
        layer.input_layernorm = ExactNorm(layer.input_layernorm)
        layer.post_attention_layernorm = ExactNorm(layer.post_attention_layernorm)
    model.backbone.decoder.norm = ExactNorm(model.backbone.decoder.norm)
    return model


def drawn(*, prompt: int, completions: list[int], tiers: list[list[int]], seed: int) -> Ranking:
    generator = torch.Generator().manual_seed(seed)

    def ids(length: int) -> list[int]:
        return torch.randint(3, 300, (length,), generator=generator).tolist()

    return Ranking(seed, "ada", ids(prompt), [ids(length) for length in completions], tiers)


RANKINGS = [
    drawn(prompt=7, completions=[5, 1, 9], tiers=[[1], [0, 2]], seed=1),
    drawn(
        prompt=3,
        completions=[4, 4, 2, 6, 3, 8, 1, 5, 7],
        tiers=[[3], [1, 0], [2, 4, 5], [8], [6, 7]],
        seed=2,
    ),
]


def gradients(model: RewardModel) -> dict[str, Tensor]:
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)
    return found


def rewards_of(model: RewardModel, rankings: list[Ranking]) -> list[Tensor]:
    """With shared prompts."""
    assert model.backbone.shares_prompts
    rewards = model.raw_rankings(rankings, pad_id=0)
    return list(rewards.split([len(one.completions) for one in rankings]))


def plain_rewards(model: RewardModel, ranking: Ranking) -> list[Tensor]:
    """One forward for each completion, by itself."""
    return [
        model.raw(Rows.of([ranking.prompt], [completion], pad_id=0))[0]
        for completion in ranking.completions
    ]


def test_shared_prompts_give_the_rewards_of_single_forwards(exact_model):
    shared = rewards_of(exact_model, RANKINGS)

    for ranking, rewards in zip(RANKINGS, shared, strict=True):
        singly = torch.stack(plain_rewards(exact_model, ranking))
        torch.testing.assert_close(rewards, singly, rtol=1e-6, atol=1e-7)


def test_the_gradient_is_the_sum_of_the_pairs_with_and_without_shared_prompts(exact_model):
    """Through the whole model: one row per ranking, single forwards, and one pair at a time."""
    for ranking, rewards in zip(RANKINGS, rewards_of(exact_model, RANKINGS), strict=True):
        losses.ranking_losses(rewards, [ranking.tiers], [len(rewards)]).backward(retain_graph=True)
    shared = gradients(exact_model)

    for ranking in RANKINGS:
        rewards = torch.stack(plain_rewards(exact_model, ranking))
        losses.ranking_losses(rewards, [ranking.tiers], [len(rewards)]).backward()
    singly = gradients(exact_model)

    for ranking in RANKINGS:
        pairs = losses.strict_pairs(ranking.tiers)
        for better, worse in pairs:
            both = plain_rewards(
                exact_model,
                Ranking(0, "", ranking.prompt,
                        [ranking.completions[better], ranking.completions[worse]], []),
            )  # fmt: skip
            loss = -nn.functional.logsigmoid(both[0] - both[1]) / len(pairs)
            loss.backward()
    pairwise = gradients(exact_model)

    assert shared.keys() == singly.keys() == pairwise.keys()
    for name in shared:
        torch.testing.assert_close(shared[name], singly[name], rtol=1e-5, atol=1e-8)
        torch.testing.assert_close(pairwise[name], singly[name], rtol=1e-8, atol=1e-12)


def test_a_completion_sees_neither_its_siblings_nor_what_pads_the_row(exact_model):
    changed = Ranking(
        1, "ada", RANKINGS[0].prompt, [RANKINGS[0].completions[0], [9], [8] * 40], [[0], [1, 2]]
    )

    first = exact_model.raw_rankings(RANKINGS[:1], pad_id=0)[0]
    other = exact_model.raw_rankings([changed, RANKINGS[1]], pad_id=5)[0]
    torch.testing.assert_close(first, other, rtol=1e-9, atol=1e-9)


def test_batches_hold_at_most_so_many_padded_tokens_and_every_ranking_once():
    rankings = [
        drawn(prompt=length, completions=[1, 1], tiers=[[0], [1]], seed=length)
        for length in (30, 2, 50, 8, 9)
    ]

    batches = list(batches_by_tokens(rankings, tokens=40))

    assert batches == [[1, 3, 4], [0], [2]]


@pytest.mark.parametrize("tiers", [[[0], [3]], [[-1], [1]], [[0, 1], [1, 2]]])
def test_tiers_that_name_what_is_not_there_are_refused(tiny_policy, tiers):
    row = {
        "annotation_id": 7,
        "messages": [{"role": "user", "content": "Hello"}],
        "completions": ["Hi", "No", "Go"],
        "finished": [True] * 3,
        "tiers": tiers,
        "annotator": "ada",
    }

    with pytest.raises(BadInputError, match="annotation 7: "):
        encode_rankings([row], tiny_policy[1], max_tokens=100)


def test_prompts_of_rankings_that_teach_nothing_or_do_not_fit_are_named(tiny_policy):
    _, chat = tiny_policy
    good = {
        "annotation_id": 1,
        "prompt_id": 9,
        "messages": [{"role": "user", "content": "Hello"}],
        "completions": ["Hi there", "No", "Go away"],
        "finished": [True, False, True],
        "tiers": [[0], [1, 2]],
        "annotator": "ada",
    }
    tied = {**good, "prompt_id": 2, "annotation_id": 2, "tiers": [[0, 1, 2]]}
    long = {
        **good,
        "prompt_id": 3,
        "annotation_id": 3,
        "completions": ["Hi " * 200, "No", "Go away"],
    }
    empty = {**good, "prompt_id": 4, "completions": ["Hi", "", "Go away"], "tiers": [[0], [1]]}
    empty["finished"] = [True, False, True]
    same = {**good, "prompt_id": 5, "completions": ["Hi", "Hi", "Hi"]}
    rows = [good, tied, long, empty, same]

    rankings, dropped = encode_rankings(rows, chat, max_tokens=100)
    half, _ = encode_rankings(rows, chat, max_tokens=100, ties="half")

    assert [ranking.annotation_id for ranking in rankings] == [1]
    assert dropped == {"no_pair": [2], "too_long": [3], "empty": [4], "same_text": [5]}
    assert [ranking.annotation_id for ranking in half] == [1, 2, 3]  # what is left of 3 is tied
    assert rankings[0].completions[0][-1] == chat.eos_id
    assert rankings[0].completions[1][-1] != chat.eos_id


@pytest.mark.parametrize(
    ("texts", "tiers", "left"),
    [
        ("abcd", [[0], [1, 2], [3]], [[0], [1, 2], [3]]),
        ("aabc", [[0, 1], [2], [3]], [[0], [2], [3]]),  # once is enough
        ("abac", [[0], [1], [2], [3]], [[1], [3]]),  # above itself: it says nothing
        ("aa", [[1], [0]], []),
    ],
)
def test_no_pair_has_equal_texts(texts, tiers, left):
    assert once_each(tiers, texts) == left


def test_a_text_above_itself_is_left_out_of_its_ranking(tiny_policy):
    row = {
        "annotation_id": 1,
        "prompt_id": 9,
        "messages": [{"role": "user", "content": "Hello"}],
        "completions": ["Hi", "No", "Hi", "Go"],
        "finished": [True, True, False, True],
        "tiers": [[0], [1], [2], [3]],
        "annotator": "ada",
    }

    (ranking,), dropped = encode_rankings([row], tiny_policy[1], max_tokens=100)

    assert ranking.tiers == [[1], [3]]
    assert dropped == {}


def test_one_text_that_does_not_fit_leaves_the_rest_of_its_ranking(tiny_policy):
    row = {
        "annotation_id": 1,
        "prompt_id": 9,
        "messages": [{"role": "user", "content": "Hello"}],
        "completions": ["Go", "Hi " * 200, "No", "", "Hi there"],
        "finished": [True, True, True, False, True],
        "tiers": [[1], [4, 0], [3], [2]],
        "annotator": "ada",
    }
    chat = tiny_policy[1]

    [ranking], dropped = encode_rankings([row], chat, max_tokens=100)

    assert [chat.decode(ids) for ids in ranking.completions] == ["Go", "No", "Hi there"]
    assert ranking.tiers == [[2, 0], [1]]
    assert dropped == {"texts": [9, 9]}


def test_a_ranking_whose_turns_the_template_refuses_is_named():
    tokenizer = tiny.tokenizer()
    tokenizer.chat_template = NO_SYSTEM_TURNS
    row = {
        "annotation_id": 1,
        "prompt_id": 9,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "completions": ["Go", "No"],
        "finished": [True, True],
        "tiers": [[1], [0]],
        "annotator": "ada",
    }

    usable, dropped = encode_rankings([row], Chat(tokenizer), max_tokens=100)

    assert usable == []
    assert dropped == {"refused": [9]}


def test_a_cpu_takes_no_more_tokens_at_once_than_it_gains_from() -> None:
    found = [at_once(tokens, torch.device("cpu")) for tokens in (100, 2048)]

    assert found == [100, 768]
    assert at_once(2048, torch.device("meta")) == 2048
