"""Whatever the architecture, rows get what the model's own forward gives each text alone."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.architectures import ARCHITECTURES, folder_of, model_of
from tests.training.random_reward import random_reward_model
from training import trunk
from training.backbone import Backbone
from training.errors import BadInputError
from training.policy import Policy
from training.rankings import Ranking, apart
from training.reward_model import RewardModel, classifier_of
from training.rows import Rows
from training.trunk import Trunk, layers_of
from training.tuning import Tuning


def drawn(*lengths: int, seed: int = 1) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, 300, (n,), generator=generator).tolist() for n in lengths]


# The second and the last are longer than the windows, of 64 tokens.
ROWS = Rows.of(drawn(20, 30, 6), drawn(9, 60, 90, seed=2), pad_id=0)
SHORT = [
    Ranking(1, "ada", *drawn(20), drawn(5, 11, 2), []),
    Ranking(2, "ada", *drawn(6), drawn(8, 30), []),
]
LONG = [Ranking(3, "ada", *drawn(30), drawn(60, 3), [])]


@torch.no_grad()
def logits_alone(model: Any, rows: Rows) -> Tensor:
    """Of each row by itself, whole, by plain transformers."""
    found = []
    for ids, start, end in zip(rows.ids, rows.prompt_lengths, rows.lengths, strict=True):
        found.append(model(ids[None, :end]).logits[0, start - 1 : end - 1])
    return torch.cat(found)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_logits_are_the_models_own_with_layers_frozen_or_not(kind):
    model, _ = model_of(kind)
    expected = logits_alone(model, ROWS)

    for frozen in (0, 1, 2):
        policy = Policy(model, Tuning(frozen_layers=frozen), forbid=lambda logits: logits)
        with torch.no_grad():
            torch.testing.assert_close(policy.logits(ROWS), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_layers_are_frozen_where_products_are_bf16(kind):
    """Weights stay fp32: what is checked is the way through the model, not its rounding."""
    model, _ = model_of(kind)
    whole, above = (
        Policy(model, Tuning(frozen_layers=n, compute=torch.bfloat16), forbid=lambda logits: logits)
        for n in (0, 2)
    )

    with torch.no_grad():
        torch.testing.assert_close(above.logits(ROWS), whole.logits(ROWS), rtol=0.05, atol=0.05)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_rankings_get_the_rewards_of_single_texts_and_keep_them_in_a_folder(kind, tmp_path):
    model, chat = random_reward_model(folder_of(tmp_path / "policy", kind))
    (tmp_path / "reward").mkdir()

    assert model.backbone.shares_prompts
    for frozen in (0, 2):
        again = RewardModel(model.model, Tuning(frozen_layers=frozen))
        for rankings in (SHORT, LONG):
            with torch.no_grad():
                expected = [
                    model.raw(Rows.of([one.prompt], [text], pad_id=0))
                    for one in rankings
                    for text in one.completions
                ]
                rewards = again.raw_rankings(rankings, pad_id=0)
            torch.testing.assert_close(rewards, torch.cat(expected), rtol=1e-4, atol=1e-5)
    model.save(tmp_path / "reward", chat)
    loaded, _ = RewardModel.load(tmp_path / "reward")
    with torch.no_grad():
        torch.testing.assert_close(loaded.raw_rankings(LONG, pad_id=0), rewards)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_rankings_get_the_logits_of_single_texts(kind):
    model, _ = model_of(kind)
    for rankings in (SHORT, LONG):
        expected = logits_alone(model, apart(rankings, pad_id=0))
        for frozen in (0, 2):
            policy = Policy(model, Tuning(frozen_layers=frozen), forbid=lambda logits: logits)
            assert policy.backbone.shares_prompts
            with torch.no_grad():
                logits = policy.ranking_logits(rankings, pad_id=0)
            torch.testing.assert_close(logits, expected, rtol=1e-4, atol=1e-5)


def test_prompts_are_not_shared_beyond_the_window(tmp_path, monkeypatch):
    model, _ = random_reward_model(folder_of(tmp_path / "policy", "mistral"))
    shared: list[int] = []
    own = Backbone.shared_states
    monkeypatch.setattr(
        Backbone, "shared_states",
        lambda self, ids, lengths, **how: shared.append(len(ids)) or own(self, ids, lengths, **how),
    )  # fmt: skip

    model.raw_rankings(SHORT, pad_id=0)
    model.raw_rankings(LONG, pad_id=0)

    assert model.backbone.window == 64
    assert shared == [len(SHORT)]


def test_a_decoder_that_takes_no_such_mask_computes_each_text_alone(tmp_path, monkeypatch):
    model, _ = random_reward_model(folder_of(tmp_path / "policy", "llama"))
    expected = model.raw_rankings(SHORT, pad_id=0)
    again = RewardModel(model.model)
    run = Backbone._run

    monkeypatch.setattr(Backbone, "_run", lambda self, ids, **how: run(self, ids))

    assert not again.backbone.shares_prompts
    torch.testing.assert_close(again.raw_rankings(SHORT, pad_id=0), expected)


@pytest.fixture
def policy(tiny_policy) -> Policy:
    model, chat = copy.deepcopy(tiny_policy[0]), tiny_policy[1]
    return Policy(model, Tuning(frozen_layers=1), forbid=chat.forbid)


def test_frozen_layers_are_computed_once_for_each_row(policy, monkeypatch):
    computed: list[int] = []
    own = Trunk._computed
    monkeypatch.setattr(
        Trunk, "_computed",
        lambda self, ids, **how: computed.append(ids.shape[1]) or own(self, ids, **how),
    )  # fmt: skip

    first = policy.logits(ROWS)
    part = policy.logits(ROWS.select(torch.tensor([1])))

    assert computed == ROWS.lengths.tolist()
    own_part = first.split(ROWS.response_lengths.tolist())[1]
    torch.testing.assert_close(part, own_part)


def test_rows_that_find_no_room_are_computed_again_to_the_bit(policy, monkeypatch):
    expected = policy.logits(ROWS)
    monkeypatch.setattr(trunk, "KEPT_BYTES", 0)

    again = Policy(policy.model, Tuning(frozen_layers=1), forbid=policy.forbid)
    logits = [again.logits(ROWS) for _ in range(2)]

    assert not again.backbone.trunk._kept
    assert torch.equal(logits[0], expected)
    assert torch.equal(logits[1], expected)


def test_a_forward_that_fails_leaves_the_layers_as_they_were(policy):
    layer = layers_of(policy.backbone.decoder)[0]

    def fail(*_: Any) -> None:
        assert "forward" in vars(layer)
        raise ZeroDivisionError

    policy.model.lm_head.register_forward_hook(fail)
    with pytest.raises(ZeroDivisionError):
        policy.logits(ROWS)

    assert "forward" not in vars(layer)


def test_as_many_layers_as_there_are_cannot_be_frozen(tiny_policy):
    with pytest.raises(BadInputError, match="frozen_layers 2: the model has 2 layers"):
        Backbone(tiny_policy[0].base_model, Tuning(frozen_layers=2))


def test_layers_that_do_more_than_hand_on_states_are_not_frozen(monkeypatch):
    model, _ = model_of("llama")
    monkeypatch.setattr(trunk, "_hand_on", lambda states, *_, **__: states + 1)

    with pytest.raises(BadInputError, match="the lowest layers of LlamaModel cannot be frozen"):
        Backbone(model.base_model, Tuning(frozen_layers=1))


def test_an_architecture_without_a_classifier_gets_one_like_the_others(tmp_path: Path):
    config = model_of("cohere")[0].config

    made = classifier_of(config)

    assert made.__name__ == "CohereForSequenceClassification"
    assert classifier_of(model_of("gpt2")[0].config).__module__.startswith("transformers.models")
