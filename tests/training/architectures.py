"""Tiny random models of the architectures that people use, with the tiny tokenizer."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.models import attention_of, save_model

SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
GPT = {"n_embd": 64, "n_layer": 3, "n_head": 4, "n_positions": 512}
NO_HEADS = {"head_dim": None, "num_key_value_heads": None}
# By transformers' name; what differs from SIZES. None takes a size out.
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "gpt2": GPT | NO_HEADS,
    "gpt_neox": NO_HEADS,
    "opt": {"ffn_dim": 128, "word_embed_proj_dim": 64} | NO_HEADS,
    "llama": {},
    "mistral": {"sliding_window": 64},
    "mixtral": {"num_local_experts": 4, "sliding_window": None},
    "qwen2": {"head_dim": None},
    "qwen3": {},
    "gemma": {},
    "gemma2": {"sliding_window": 64},
    "gemma3_text": {"sliding_window": 64},
    "phi3": {"head_dim": None, "sliding_window": 64},
    "smollm3": {},
    "olmo": {"head_dim": None},
    "olmo2": {"head_dim": None},
    "granite": {"head_dim": None, "logits_scaling": 4.0, "embedding_multiplier": 3.0},
    "cohere": {"head_dim": None, "logit_scale": 0.25},
}


def model_of(kind: str, **values: Any) -> tuple[Any, Chat]:
    """A random model, the same each time, in eval mode."""
    chat = Chat(tiny.tokenizer())
    sizes = {**SIZES, **ARCHITECTURES.get(kind, {}), **values, "vocab_size": len(chat.tokenizer)}
    chosen = {name: size for name, size in sizes.items() if size is not None}
    config = AutoConfig.for_model(kind, **chosen)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, attn_implementation=attention_of(config))
    return model.eval(), chat


def folder_of(path: Path, kind: str, **values: Any) -> Path:
    """The same as a folder."""
    write_folder(path, lambda to: save_model(to, *model_of(kind, **values)))
    return path
