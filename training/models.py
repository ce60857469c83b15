"""Policies come from a folder and go to a folder."""

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from training import adapters
from training.chat import Chat
from training.contract import folders
from training.contract.folders import UnsafeFolderError
from training.contract.said import message_of, say
from training.errors import UnsafeModelError, UnsafeTokenizerError
from training.sharding import local

GENERATION_CONFIG = "generation_config.json"
SMALL = 2_000_000  # parameters

logging.disable_progress_bar()


def check_folder(folder: Path) -> None:
    """UnsafeModelError names the file or the key for which the folder is refused."""
    try:
        folders.check(folder)
    except UnsafeFolderError as error:
        raise UnsafeModelError(message_of(error)) from error


def device() -> torch.device:
    """This process's accelerator, or the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")


def choose_threads(model: PreTrainedModel) -> None:
    """Handing a tiny matrix over to a second core costs more than it saves."""
    if model.num_parameters() < SMALL:
        torch.set_num_threads(1)


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False
    )
    if not tokenizer.is_fast:
        raise UnsafeTokenizerError(say("the tokenizer has no tokenizer.json"))
    return tokenizer


def load_chat(folder: Path) -> Chat:
    """The tokenizer with its template, and all tokens with which the model's files end a text."""
    return Chat(load_tokenizer(folder), ends=end_tokens(folder))


def end_tokens(folder: Path) -> list[int]:
    found: list[int] = []
    for name in (GENERATION_CONFIG, folders.CONFIG):
        path = folder / name
        value = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        ends = value.get("eos_token_id") if isinstance(value, dict) else None
        found += [end for end in (ends if isinstance(ends, list) else [ends]) if type(end) is int]
    return found


def dtype_in(folder: Path | str) -> torch.dtype:
    """The precision of the weights in a model's folder, which what is made of it keeps."""
    values = json.loads((Path(folder) / folders.CONFIG).read_text(encoding="utf-8"))
    named = values.get("dtype") or values.get("torch_dtype")
    found = getattr(torch, str(named), None)
    return found if isinstance(found, torch.dtype) and found.is_floating_point else torch.float32


def context_in(folder: Path | str) -> int:
    """How many tokens a conversation may have for the model in a folder, which is checked."""
    return int(config_in(Path(folder)).max_position_embeddings)


def config_in(folder: Path) -> PreTrainedConfig:
    """The configuration of the model in a folder, which is checked."""
    check_folder(folder)
    return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def attention_of(config: PreTrainedConfig) -> str:
    """torch's fused attention, but for the few architectures that do more, as Gemma 2 does."""
    model = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(config), None)
    return "sdpa" if getattr(model, "_supports_sdpa", False) else "eager"


def clean_generation_config(folder: Path) -> None:
    """Leave of a base model's own settings for sampling how a text ends."""
    path = folder / GENERATION_CONFIG
    if not path.is_file():
        return
    given = json.loads(path.read_text(encoding="utf-8"))
    kept = ("bos_token_id", "eos_token_id", "pad_token_id")
    content = {key: given[key] for key in kept if isinstance(given, dict) and key in given}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def load_policy(
    folder: Path | str, *, dtype: torch.dtype | None = None, to: torch.device | None = None
) -> tuple[PreTrainedModel, Chat]:
    """A causal language model, in eval mode and without dropout.

    `dtype` is fp32 on the CPU and the folder's own on CUDA if not given; `to`: this process's
    device. UnsafeModelError or UnsafeTokenizerError when the folder is not to be trusted or the two
    do not fit.
    """
    folder = Path(folder)
    config = config_in(folder)
    chat = load_chat(folder)
    target = device()
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        folder,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        attn_implementation=attention_of(config),
        dtype=dtype or ("auto" if target.type == "cuda" else torch.float32),
    )
    if len(chat.tokenizer) > model.config.vocab_size:
        raise UnsafeModelError(
            say(
                "{n} tokens do not fit a vocabulary of {vocab_size}",
                n=len(chat.tokenizer),
                vocab_size=model.config.vocab_size,
            )
        )
    model.generation_config = generation_config(model, chat)
    without_dropout(model)
    without_router_losses(model)
    choose_threads(model)
    with_full_head(model)
    return model.to(to or target).eval(), chat


def with_full_head(model: PreTrainedModel) -> None:
    """Logits are computed in fp32: in bf16 they would be a twentieth of a nat off.

    What is multiplied may lie in bf16; its products are exact, and their sums are not rounded.
    """
    head = model.get_output_embeddings()
    head.forward = partial(full_product, head)


def full_product(head: nn.Linear, states: Tensor) -> Tensor:
    """What `head` makes of (..., d), in fp32."""
    with torch.autocast(states.device.type, enabled=False):
        bias = None if head.bias is None else head.bias.float()
        return nn.functional.linear(states.float(), head.weight.float(), bias)


def generation_config(model: PreTrainedModel, chat: Chat) -> GenerationConfig:
    """How a text ends, and nothing else: sampling settings are left to whoever samples.

    A base model's own may be such that transformers refuses to save the model.
    """
    others = sorted(chat.stop_ids - {chat.eos_id})
    return GenerationConfig(
        bos_token_id=model.config.bos_token_id,
        eos_token_id=[chat.eos_id, *others] if others else chat.eos_id,
        pad_token_id=chat.pad_id,
    )


def without_dropout(model: PreTrainedModel) -> None:
    """PPO's ratios and the KL are exact only where two forwards of one model agree."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(getattr(module, "attention_dropout", None), float):
            module.attention_dropout = 0.0
    for key in ("attention_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "hidden_dropout"):
        if hasattr(model.config, key):
            setattr(model.config, key, 0.0)


def without_router_losses(model: PreTrainedModel) -> None:
    """Of a mixture of experts: what balances them is SFTTrainer's to add, and nobody else's.

    transformers would compute it in each forward, and fails where tokens are sampled.
    """
    if hasattr(model.config, "output_router_logits"):
        model.config.output_router_logits = False


def save_model(
    folder: Path,
    model: PreTrainedModel,
    chat: Chat,
    *,
    base: Path | str | None = None,
    tensors: Mapping[str, Tensor] | None = None,
) -> None:
    """A plain Hugging Face folder, in the precision of the model in `base` where that is given.

    What was learned beside that model is merged, and kept apart too. tensors: those of the model,
    which other processes may have parts of (`sharding.whole`); else it has them all itself.
    """
    tensors = model.state_dict() if tensors is None else tensors
    without_router_losses(model)
    model.generation_config = generation_config(model, chat)
    chat.tokenizer.save_pretrained(folder)
    if base is None:
        model.save_pretrained(folder, state_dict=dict(tensors))
        return
    dtype = dtype_in(base)
    model.save_pretrained(folder, state_dict=adapters.merged(model, tensors, dtype=dtype))
    name_dtype(folder, dtype)
    if adapters.has(model):
        adapters.save(folder, model, tensors, base=base)


@torch.no_grad()
def round_to(model: nn.Module, dtype: torch.dtype) -> None:
    """Round all parameters to `dtype`, as they will be when they were saved and are loaded.

    Buffers are not: a position's frequencies are computed anew by whoever loads the model.
    """
    for parameter in model.parameters():
        part = local(parameter)
        part.copy_(part.to(dtype))


def name_dtype(folder: Path, dtype: torch.dtype) -> None:
    """Say of a folder in which precision its weights are, which transformers takes as loaded."""
    path = folder / folders.CONFIG
    values = json.loads(path.read_text(encoding="utf-8"))
    values["dtype"] = str(dtype).removeprefix("torch.")
    path.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")
