"""Policies come from a folder and go to a folder."""

import os
from pathlib import Path

import torch
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from training.chat import Chat
from training.contract import folders
from training.contract.folders import UnsafeFolderError
from training.errors import UnsafeModelError, UnsafeTokenizerError

SMALL = 2_000_000  # parameters

logging.disable_progress_bar()


def check_folder(folder: Path) -> None:
    """UnsafeModelError names the file or the key for which the folder is refused."""
    try:
        folders.check(folder)
    except UnsafeFolderError as error:
        raise UnsafeModelError(str(error)) from error


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
        raise UnsafeTokenizerError("the tokenizer has no tokenizer.json")
    return tokenizer


def load_policy(
    folder: Path | str, *, dtype: torch.dtype | None = None
) -> tuple[PreTrainedModel, Chat]:
    """A causal language model, on this process's device, in eval mode and without dropout.

    `dtype` is fp32 on the CPU and the folder's own on CUDA if not given. UnsafeModelError or
    UnsafeTokenizerError when the folder is not to be trusted or the two do not fit.
    """
    folder = Path(folder)
    check_folder(folder)
    chat = Chat(load_tokenizer(folder))
    target = device()
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        folder,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        attn_implementation="sdpa",
        dtype=dtype or ("auto" if target.type == "cuda" else torch.float32),
    )
    if len(chat.tokenizer) > model.config.vocab_size:
        raise UnsafeModelError(
            f"{len(chat.tokenizer)} tokens do not fit a vocabulary of {model.config.vocab_size}"
        )
    without_dropout(model)
    choose_threads(model)
    return model.to(target).eval(), chat


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


def save_model(folder: Path, model: PreTrainedModel, chat: Chat) -> None:
    """A plain Hugging Face folder. Sampling settings are left to whoever samples."""
    model.generation_config = GenerationConfig(
        bos_token_id=model.config.bos_token_id, eos_token_id=chat.eos_id, pad_token_id=chat.pad_id
    )
    model.save_pretrained(folder)
    chat.tokenizer.save_pretrained(folder)
