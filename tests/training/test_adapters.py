"""What learns beside weights that keep still."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from tests.training.architectures import ARCHITECTURES, folder_of, model_of
from tests.training.random_reward import random_reward_model
from training.artifacts import write_folder
from training.chat import Chat
from training.contract import manifest
from training.models import dtype_in, load_policy, save_model
from training.policy import Policy
from training.ppo.networks import Networks
from training.reward_model import RewardModel
from training.rows import Rows, trained
from training.tuning import Tuning

LORA = Tuning(lora_rank=2, seed=3)
IDS = torch.arange(5, 45)[None]


def moved(module: torch.nn.Module) -> Any:
    """With what learns moved, by numbers of their own."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in trained(module).values():
            parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    return module


def policy_of(model: Any, chat: Chat, tuning: Tuning = LORA) -> Policy:
    policy = Policy(model, tuning, forbid=chat.forbid)
    policy.tune()
    return policy


@torch.no_grad()
def logits_of(model: Any) -> torch.Tensor:
    logits: torch.Tensor = model(input_ids=IDS, use_cache=False).logits
    return logits


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_a_merged_model_and_its_matrices_beside_the_base_give_the_same_logits(kind, tmp_path):
    base = folder_of(tmp_path / "base", kind)
    model, chat = load_policy(base)
    before = logits_of(model)

    moved(policy_of(model, chat))
    write_folder(tmp_path / "new", lambda to: save_model(to, model, chat, base=base))

    expected = logits_of(model)
    assert (expected - before).abs().max() > 1e-2
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "new").eval()
    torch.testing.assert_close(logits_of(plain), expected, atol=1e-3, rtol=1e-3)
    beside = AutoModelForCausalLM.from_pretrained(base)
    beside = PeftModel.from_pretrained(beside, tmp_path / "new" / "adapter").eval()
    torch.testing.assert_close(logits_of(beside), expected, atol=1e-3, rtol=1e-3)


def test_weights_keep_still_and_nothing_changes_at_first(tiny_folder):
    model, chat = load_policy(tiny_folder)
    before = logits_of(model)
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    policy = policy_of(model, chat)

    assert torch.equal(logits_of(model), before)
    assert all(".lora_" in name for name in trained(policy))
    moved(policy)
    now = {name.replace(".base_layer", ""): x for name, x in model.state_dict().items()}
    assert all(torch.equal(now[name], tensor) for name, tensor in weights.items())


def test_what_is_drawn_follows_from_the_seed(tiny_folder):
    def drawn(seed: int) -> list[torch.Tensor]:
        model, chat = load_policy(tiny_folder)
        torch.manual_seed(seed * 17)  # which is nobody's business
        policy = policy_of(model, chat, Tuning(lora_rank=2, seed=seed))
        return [parameter.detach() for parameter in trained(policy).values()]

    one, again, other = drawn(1), drawn(1), drawn(2)

    assert all(torch.equal(*pair) for pair in zip(one, again, strict=True))
    assert not all(torch.equal(*pair) for pair in zip(one, other, strict=True))


def test_frozen_layers_get_no_matrices(tiny_folder):
    model, chat = load_policy(tiny_folder)

    policy = policy_of(model, chat, Tuning(lora_rank=2, frozen_layers=1))

    assert {name.split(".")[3] for name in trained(policy)} == {"1"}


def test_a_saved_model_keeps_the_precision_of_its_base(tmp_path):
    model, chat = model_of("llama")
    base = tmp_path / "base"
    write_folder(base, lambda to: save_model(to, model.to(torch.bfloat16), chat))
    loaded, chat = load_policy(base, dtype=torch.float32)
    moved(policy_of(loaded, chat))

    save_model(tmp_path / "new", loaded, chat, base=base)

    assert dtype_in(tmp_path / "new") == torch.bfloat16
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "new", dtype="auto")
    assert {parameter.dtype for parameter in again.parameters()} == {torch.bfloat16}


def test_the_same_matrices_are_saved_as_the_same_bytes(tiny_folder, tmp_path):
    for name in ("one", "other"):
        model, chat = load_policy(tiny_folder)
        moved(policy_of(model, chat))
        save_model(tmp_path / name, model, chat, base=tiny_folder)

    assert manifest.scan(tmp_path / "one") == manifest.scan(tmp_path / "other")


@pytest.fixture
def reward_folder(tiny_folder, tmp_path) -> Path:
    """A reward model learned beside the tiny model."""
    reward, chat = random_reward_model(tiny_folder, LORA)
    moved(reward).set_scale(gain=1.5, bias=-0.3)
    write_folder(tmp_path / "reward", lambda to: reward.save(to, chat, base=tiny_folder))
    return tmp_path / "reward"


def rows() -> Rows:
    return Rows.of([[5, 6, 7], [8, 9]], [[10, 11], [12, 13, 14]], pad_id=0)


def test_policy_reference_critic_and_scorer_have_the_weights_once(tiny_folder, reward_folder):
    model, chat = load_policy(tiny_folder)
    size = model.num_parameters()
    reward, _ = RewardModel.load(reward_folder, LORA, beside=(tiny_folder, model))

    networks = Networks.of(model, reward, chat, LORA)

    modules = (networks.policy, networks.reference, networks.critic, networks.scorer.reward)
    every = {p.data_ptr(): p for module in modules for p in module.parameters()}
    small = sum(p.numel() for module in modules for p in trained(module).values())
    heads = 2 * model.config.hidden_size
    assert sum(p.numel() for p in every.values()) <= size + 2 * small + heads
    assert small < size / 4
    alone, _ = RewardModel.load(reward_folder)
    with torch.no_grad():
        torch.testing.assert_close(networks.scorer.scores(rows()), alone.scores(rows()))
        torch.testing.assert_close(networks.critic.values(rows()), alone.values(rows()))
        assert torch.equal(networks.policy.logits(rows()), networks.reference.logits(rows()))
        moved(networks.critic)
        torch.testing.assert_close(networks.scorer.scores(rows()), alone.scores(rows()))


def test_a_reward_model_of_another_base_has_weights_of_its_own(tiny_folder, reward_folder):
    model, chat = load_policy(tiny_folder)
    (reward_folder / "adapter" / "base.json").write_text('{"weights": "others"}')
    reward, _ = RewardModel.load(reward_folder, LORA, beside=(tiny_folder, model))

    networks = Networks.of(model, reward, chat, LORA)

    alone, _ = RewardModel.load(reward_folder)
    with torch.no_grad():
        assert torch.equal(networks.scorer.scores(rows()), alone.scores(rows()))
        assert torch.equal(networks.critic.values(rows()), alone.values(rows()))
        moved(networks.critic)
        assert torch.equal(networks.scorer.scores(rows()), alone.scores(rows()))
        assert not torch.equal(networks.critic.values(rows()), alone.values(rows()))
    names = set(trained(networks.critic))
    assert {name for name in names if ".lora_" not in name} == {"model.score.weight"}


def test_a_merged_reward_model_is_a_plain_classifier(tiny_folder, reward_folder):
    reward, _ = RewardModel.load(reward_folder)
    plain = AutoModelForSequenceClassification.from_pretrained(reward_folder).eval()
    text = torch.tensor([[5, 6, 7, 10, 11]])

    with torch.no_grad():
        torch.testing.assert_close(
            plain(text).logits[:, 0], reward.raw(Rows.of([[5, 6, 7]], [[10, 11]], pad_id=0))
        )


def test_bf16_is_of_products_alone(tiny_folder):
    half = Tuning(lora_rank=2, compute=torch.bfloat16)
    model, chat = load_policy(tiny_folder, dtype=half.weights)
    reward, _ = RewardModel.start(tiny_folder, half)
    networks = Networks.of(model, reward, chat, half)
    exact, _ = load_policy(tiny_folder)

    logits = networks.policy.logits(rows())

    assert {p.dtype for p in model.parameters() if not p.requires_grad} == {torch.bfloat16}
    assert {p.dtype for p in trained(networks.policy).values()} == {torch.float32}
    assert (logits.dtype, reward.raw(rows()).dtype) == (torch.float32, torch.float32)
    assert networks.coarse
    expected = Policy(exact, forbid=chat.forbid).logits(rows())
    seen = expected.isfinite()
    torch.testing.assert_close(logits[seen], expected[seen], atol=0.05, rtol=0.05)
    assert torch.equal(logits, networks.reference.logits(rows()))


@pytest.mark.parametrize(
    "tuning", [Tuning(checkpointing=True), Tuning(checkpointing=True, lora_rank=2)]
)
def test_activations_that_are_computed_again_change_no_gradient(tiny_folder, tuning):
    def gradients(how: Tuning) -> dict[str, torch.Tensor]:
        model, chat = load_policy(tiny_folder)
        policy = moved(policy_of(model, chat, how))
        logits = policy.logits(rows())
        logits[logits.isfinite()].square().mean().backward()
        return {name: p.grad for name, p in trained(policy).items() if p.grad is not None}

    plain = gradients(Tuning(lora_rank=tuning.lora_rank))
    again = gradients(tuning)

    assert plain.keys() == again.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(again[name], gradient)
