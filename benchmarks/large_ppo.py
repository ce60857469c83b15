"""A step of PPO with LoRA on a large random model, in the memory of one card.

    python -m benchmarks.large_ppo [--size 7b] [--rollouts 512] [--prompt 512] [--new 512]

Policy, reference, critic and reward model share the weights; the reward model's matrices are drawn
at random. Prompts are random tokens, and nothing ends a text: each rollout has all its tokens. One
line of JSON: seconds of sampling, scoring and updating, the peak of the card's memory in each, and
bytes a parameter of what lies there before the first token.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from training import adapters, tiny
from training.chat import Chat
from training.models import with_full_head
from training.ppo.experience import describe, gather_experience
from training.ppo.networks import Networks
from training.ppo.rollouts import Prompt, Writer
from training.ppo.spec import PPOSpec
from training.ppo.update import Optimisers, update
from training.processes import Alone
from training.reward_model import RewardModel, classifier_beside
from training.tuning import Tuning

# Shapes of SmolLM2-135M, Qwen2.5-1.5B and Qwen2.5-7B, as Llama has them.
SIZES: dict[str, dict[str, Any]] = {
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2},
    "135m": {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
             "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49152,
             "tie_word_embeddings": True},
    "1.5b": {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
             "num_attention_heads": 12, "num_key_value_heads": 2, "vocab_size": 151936,
             "tie_word_embeddings": True},
    "7b": {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28,
           "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064},
}  # fmt: skip


def model_of(size: str, tuning: Tuning, where: torch.device, *, context: int) -> Any:
    config = LlamaConfig(max_position_embeddings=context, **SIZES[size])
    with where:
        model = AutoModelForCausalLM.from_config(
            config, dtype=tuning.weights, attn_implementation="sdpa"
        )
    with_full_head(model)
    return model.eval()


def networks_of(model: Any, chat: Chat, tuning: Tuning) -> Networks:
    head = torch.randn(1, model.config.hidden_size, device=model.device) / 60
    reward = RewardModel(classifier_beside(model, chat, head=head), tuning)
    adapters.add(reward.model, rank=tuning.lora_rank, seed=1)
    return Networks.of(model, reward.eval(), chat, tuning)


@contextmanager
def measured(found: dict[str, float], name: str) -> Iterator[None]:
    """Seconds, and the card's peak since it began."""
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    began = time.monotonic()
    yield
    if cuda:
        torch.cuda.synchronize()
        found[f"{name}_gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 2)
    found[f"{name}_s"] = round(time.monotonic() - began, 2)


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="7b")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--rollouts", type=int, default=512)
    parser.add_argument("--minibatch", type=int, default=64)
    parser.add_argument("--micro", type=int, default=8)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--new", type=int, default=512)
    parser.add_argument("--sample-only", action="store_true")
    given = parser.parse_args()
    cuda = torch.cuda.is_available()
    where = torch.device("cuda" if cuda else "cpu")
    tuning = Tuning(lora_rank=given.rank, compute=torch.bfloat16, checkpointing=cuda)
    spec = PPOSpec(
        policy="", reward_model="", batch_size=given.rollouts, minibatch_size=given.minibatch,
        micro_batch_size=given.micro, max_new_tokens=given.new, lora_rank=given.rank,
    )  # fmt: skip
    found: dict[str, Any] = {"size": given.size, "device": str(where)}
    if cuda:
        found["device"] = torch.cuda.get_device_name()
    with measured(found, "load"):
        chat = Chat(tiny.tokenizer())
        chat.stop_ids = frozenset()
        model = model_of(given.size, tuning, where, context=given.prompt + given.new)
        parameters = model.num_parameters()
        networks = networks_of(model, chat, tuning)
        optimisers = Optimisers.of(networks, spec)
    draw = torch.Generator().manual_seed(0)
    words = len(chat.tokenizer)
    prompts = [
        Prompt(n, "", torch.randint(5, words, (given.prompt,), generator=draw).tolist())
        for n in range(given.rollouts)
    ]
    writer = Writer(spec=spec, chat=chat, networks=networks, processes=Alone(), prompts=prompts)
    with measured(found, "sample"):
        rollouts = writer.roll_out(0, check_stop=lambda: None)
    if given.sample_only:
        print(json.dumps(found), flush=True)
        return
    with measured(found, "score"):
        experience = gather_experience(
            networks, rollouts.rows, rollouts.finished,
            spec=spec, step=0, kl_coef=0.02, processes=Alone(),
        )  # fmt: skip
    gap = (rollouts.logprobs - experience.logprobs)[experience.mask].abs()
    with measured(found, "update"):
        stats = update(networks, optimisers, experience, spec=spec, step=0, processes=Alone())
    told = describe(experience, kl_coef=0.02, processes=Alone())
    found |= {"parameters": parameters, "tokens": int(experience.mask.sum())}
    found |= {"sampler_gap_mean": round(float(gap.mean()), 5), "kl": told["kl_k3"]}
    found |= {"updates": stats["updates"], "approx_kl": stats["approx_kl"]}
    if cuda:
        found["bytes_a_parameter"] = round(found["load_gb"] * 1e9 / parameters, 2)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
