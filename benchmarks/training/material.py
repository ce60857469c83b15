"""The model and the texts that both sides get. A text has exactly so many tokens."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.training.sizes import Sizes
from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.models import save_model
from training.reward_model import RewardModel
from training.tuning import Tuning

# HuggingFaceTB/SmolLM2-135M's, written down so that nothing has to be fetched.
SMOLLM2: dict[str, Any] = {
    "vocab_size": 49152,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "max_position_embeddings": 8192,
    "rope_theta": 100000.0,
    "rms_norm_eps": 1e-5,
    "initializer_range": 0.041666666666666664,
    "tie_word_embeddings": True,
}
WORDS = ["good", "green", "bird", "works", "old", "house", "warm", "water", "bread", "music"]
NEVER = -1


def write_model(folder: Path, sizes: Sizes) -> None:
    """A random policy, with the tokenizer of the tests: fewer tokens than the model has."""
    if sizes.shape == "tiny":
        write_folder(folder, tiny.write)
        return
    chat = Chat(tiny.tokenizer())
    torch.manual_seed(0)
    config = LlamaConfig(**SMOLLM2, eos_token_id=chat.eos_id, pad_token_id=chat.pad_id)
    model = LlamaForCausalLM(config)
    write_folder(folder, lambda to: save_model(to, model, chat))


def write_reward(folder: Path, policy: Path, tuning: Tuning) -> None:
    """A reward model with a drawn head, as the reward stage makes them from this policy."""
    reward, chat = RewardModel.start(policy, tuning)
    torch.nn.init.normal_(reward.model.score.weight, std=0.02)
    write_folder(folder, lambda to: reward.save(to, chat, base=policy))


def ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def text_of(tokens: int, count: Callable[[str], int], dice: random.Random) -> str:
    """Words that `count` finds to be so many tokens."""
    text = dice.choice(WORDS)
    while (found := count(text)) < tokens:
        longer = f"{text} {dice.choice(WORDS)}"
        if count(longer) > tokens:
            longer = text + "!"  # a token of its own after a word
        text = longer
    if found > tokens:
        raise ValueError(f"no text of {tokens} tokens")
    return text


class Texts:
    """Random ones, the same in each process."""

    def __init__(self, chat: Chat, seed: int = 0) -> None:
        self.chat, self.dice = chat, random.Random(seed)

    def prompt(self, tokens: int) -> list[dict[str, str]]:
        return ask(text_of(tokens, lambda text: len(self.chat.prompt(ask(text))), self.dice))

    def completion(self, tokens: int) -> str:
        return text_of(tokens, lambda text: len(self.chat.completion(text, True)), self.dice)

    def rankings(self, count: int, each: int, sizes: Sizes) -> list[dict[str, Any]]:
        return [
            {
                "annotation_id": number,
                "annotator": "ada",
                "prompt_id": number,
                "messages": self.prompt(sizes.prompt),
                "completions": [self.completion(sizes.completion) for _ in range(each)],
                "finished": [True] * each,
                "tiers": [[place] for place in range(each)],
            }
            for number in range(count)
        ]

    def prompts(self, count: int, tokens: int) -> list[dict[str, Any]]:
        return [{"prompt_id": n, "messages": self.prompt(tokens)} for n in range(count)]

    def demonstrations(self, sizes: Sizes) -> list[dict[str, Any]]:
        dice = self.dice
        return [
            prompt | {"completion": self.completion(dice.randint(sizes.shortest, sizes.longest))}
            for prompt in self.prompts(sizes.demonstrations, sizes.rollout_prompt)
        ]


def never_ends() -> None:
    """From now on no token ends a text, so that every row has the same work, as with the peers."""
    init = Chat.__init__

    def endless(self: Chat, *given: Any, **named: Any) -> None:
        init(self, *given, **named)
        self.stop_ids = frozenset({NEVER})

    Chat.__init__ = endless  # type: ignore[method-assign]
