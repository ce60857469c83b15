"""The reward model: a decoder with a scalar head, read at the last real token; also PPO's critic.

Its folder is a plain Hugging Face sequence classifier of one label, so that anything loads the raw
score (one text at a time where the tokenizer pads with the token that ends a text). `reward.json`
in it holds gain and bias (score = gain * raw + bias: samples of the reference have sd 1,
demonstrations are 0 on average) and how many lower layers are the SFT model's.
"""

import json
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification, PreTrainedModel
from transformers.utils import logging

from training.chat import Chat
from training.errors import BadInputError
from training.models import (
    check_folder,
    choose_threads,
    device,
    load_chat,
    save_model,
    without_dropout,
)
from training.rankings import Packed
from training.rows import Rows, check_layers, last_states

SCALE_FILE = "reward.json"

# A policy's folder has no score head: transformers warns of what `start` is there to draw.
logging.set_verbosity_error()


class RewardModel(nn.Module):
    """`model` is a sequence classifier of one label over a Llama-like decoder."""

    gain: Tensor
    bias: Tensor

    def __init__(self, model: PreTrainedModel, *, frozen_layers: int = 0) -> None:
        super().__init__()
        self.model = model
        self.frozen_layers = frozen_layers
        self.reads_states = False  # whether rows may bring the states of equal lower layers
        self.register_buffer("gain", torch.tensor(1.0))
        self.register_buffer("bias", torch.tensor(0.0))

    @property
    def backbone(self) -> Any:
        return self.model.base_model

    def head(self, states: Tensor) -> Tensor:
        """Raw scores (N,) of states (N, d), in the head's own precision, fp32."""
        weight: Tensor = self.model.score.weight
        return (states.to(weight.dtype) @ weight.T).squeeze(-1)

    def raw(self, rows: Rows) -> Tensor:
        """The head's output at each row's last real token, (B,)."""
        return self.head(self._states(rows)[rows.last()])

    def raw_packed(self, packed: Packed) -> Tensor:
        """The head's output at the last token of each completion, (M,)."""
        states = last_states(
            self.backbone,
            packed.ids,
            frozen_layers=self.frozen_layers,
            states=packed.states,
            positions=packed.positions,
            mask=packed.mask,
        )
        return self.head(states[packed.ends])

    def scores(self, rows: Rows) -> Tensor:
        """Normalised scores, (B,)."""
        return self.gain * self.raw(rows) + self.bias

    def values(self, rows: Rows) -> Tensor:
        """Normalised scores at the state before each response token, (N,): the critic's guess."""
        return self.gain * self.head(self._states(rows)[rows.predicting()]) + self.bias

    def _states(self, rows: Rows) -> Tensor:
        return last_states(
            self.backbone,
            rows.ids,
            frozen_layers=self.frozen_layers,
            states=rows.states if self.reads_states else None,
        )

    @classmethod
    def start(cls, policy: Path | str, *, frozen_layers: int = 0) -> tuple[Self, Chat]:
        """A reward model on the policy's decoder; its head is zero, so all texts score alike.

        A drawn head (N(0, 1/(d+1)), Z) is noise that a hundred rankings keep: docs/decisions/
        """
        model, chat = classifier(Path(policy))
        nn.init.zeros_(model.score.weight)
        check_layers(model.base_model, frozen_layers=frozen_layers)
        return cls(model, frozen_layers=frozen_layers).eval(), chat

    @classmethod
    def load(cls, folder: Path | str) -> tuple[Self, Chat]:
        """BadInputError when the folder holds no reward model of ours."""
        folder = Path(folder)
        try:
            scale = json.loads((folder / SCALE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInputError(f"{folder}: no readable {SCALE_FILE}") from error
        model, chat = classifier(folder)
        reward = cls(model, frozen_layers=scale["frozen_layers"])
        reward.set_scale(gain=scale["gain"], bias=scale["bias"])
        return reward.eval(), chat

    def keep_as(self, dtype: torch.dtype) -> None:
        """Round what will be saved, so that what is measured is what is loaded later.

        The head stays in fp32, as its scores are computed.
        """
        self.backbone.to(dtype).to(torch.float32)

    def save(self, folder: Path, chat: Chat, *, dtype: torch.dtype = torch.float32) -> None:
        self.backbone.to(dtype)
        save_model(folder, self.model, chat)
        scale = {
            "gain": float(self.gain),
            "bias": float(self.bias),
            "frozen_layers": self.frozen_layers,
            "template_hash": chat.template_hash,
        }
        (folder / SCALE_FILE).write_text(json.dumps(scale, indent=2) + "\n", encoding="utf-8")

    def set_scale(self, *, gain: float, bias: float) -> None:
        self.gain.fill_(gain)
        self.bias.fill_(bias)


def classifier(folder: Path) -> tuple[PreTrainedModel, Chat]:
    """A sequence classifier of one label, in fp32; of a policy's folder it takes the decoder."""
    check_folder(folder)
    chat = load_chat(folder)
    try:
        model: PreTrainedModel = AutoModelForSequenceClassification.from_pretrained(
            folder,
            num_labels=1,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            attn_implementation="sdpa",
            dtype=torch.float32,
        )
        model.score.weight  # noqa: B018 architectures name it otherwise
    except (ValueError, AttributeError) as error:
        raise BadInputError(f"no score head can be put on this model: {error}") from error
    # transformers reads the score at the last token that is no pad: where that were EOS itself, it
    # would read the one before. With None it reads the last token, and refuses to pad.
    model.config.pad_token_id = None if chat.pad_id == chat.eos_id else chat.pad_id
    without_dropout(model)
    choose_threads(model)
    return model.to(device()).eval(), chat
