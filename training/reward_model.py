"""The reward model: a decoder with a scalar head, read at the last real token; also PPO's critic.

Its folder is a plain Hugging Face sequence classifier of one label, so that anything loads the raw
score (one text at a time where the tokenizer pads with the token that ends a text). `reward.json`
in it holds gain and bias (score = gain * raw + bias: samples of the reference have sd 1,
demonstrations are 0 on average).
"""

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import torch
from safetensors import safe_open
from torch import Tensor, nn
from transformers import (
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
    MODEL_MAPPING,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_layers import GenericForSequenceClassification
from transformers.utils import logging

from training import adapters
from training.backbone import WHOLE, Backbone, twin
from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.models import (
    attention_of,
    choose_threads,
    config_in,
    device,
    load_chat,
    round_to,
    save_model,
    without_dropout,
)
from training.rankings import Ranking, apart, pack
from training.rows import Rows
from training.tuning import Tuning

SCALE_FILE = "reward.json"
HEAD = "score.weight"  # its tensor in a folder

# A policy's folder has no score head: transformers warns of what `start` is there to draw.
logging.set_verbosity_error()


class RewardModel(nn.Module):
    """`model` is a sequence classifier of one label over a decoder."""

    gain: Tensor
    bias: Tensor

    def __init__(self, model: PreTrainedModel, tuning: Tuning = WHOLE) -> None:
        super().__init__()
        if tuning.lora_rank:
            model.base_model.requires_grad_(requires_grad=False)
        self.model = model
        self.backbone = Backbone(model.base_model, tuning)
        self.register_buffer("gain", torch.tensor(1.0))
        self.register_buffer("bias", torch.tensor(0.0))

    def head(self, states: Tensor) -> Tensor:
        """Raw scores (N,) of states (N, d), in the head's own precision, fp32."""
        weight: Tensor = self.model.score.weight
        return (states.to(weight.dtype) @ weight.T).squeeze(-1)

    def raw(self, rows: Rows) -> Tensor:
        """The head's output at each row's last real token, (B,)."""
        return self.head(self.backbone.states(rows.ids, rows.lengths)[rows.last()])

    def raw_rankings(self, rankings: Sequence[Ranking], *, pad_id: int) -> Tensor:
        """The head's output at the last token of each completion, (M,), ranking after ranking.

        A prompt is computed once, where the model can do that and sees the whole of each text.
        """
        device = self.model.score.weight.device
        if self.backbone.shares_prompts_of(max(ranking.longest for ranking in rankings)):
            packed = pack(rankings, pad_id=pad_id, device=device)
            states = self.backbone.shared_states(
                packed.ids, packed.lengths, positions=packed.positions, mask=packed.mask
            )
            return self.head(states[packed.ends])
        return self.raw(apart(rankings, pad_id=pad_id, device=device))

    def scores(self, rows: Rows) -> Tensor:
        """Normalised scores, (B,)."""
        return self.normalised(self.raw(rows))

    def normalised(self, raw: Tensor) -> Tensor:
        """Raw scores on the scale that PPO and people are shown."""
        return self.gain * raw + self.bias

    def values(self, rows: Rows) -> Tensor:
        """Normalised scores at the state before each response token, (N,): the critic's guess."""
        states = self.backbone.states(rows.ids, rows.lengths)
        return self.gain * self.head(states[rows.predicting()]) + self.bias

    @classmethod
    def start(
        cls, policy: Path | str, tuning: Tuning = WHOLE, *, to: torch.device | None = None
    ) -> tuple[Self, Chat]:
        """A reward model on the policy's decoder; its head is zero, so all texts score alike.

        A drawn head (N(0, 1/(d+1)), Z) is noise that a hundred rankings keep: docs/decisions/0009.
        """
        model, chat = classifier(Path(policy), dtype=tuning.weights, to=to)
        nn.init.zeros_(model.score.weight)
        reward = cls(model, tuning)
        reward.tune()
        return reward.eval(), chat

    def tune(self) -> None:
        """Where the decoder keeps still, let matrices beside it learn, unless they are there."""
        self.backbone.tune(self.model)

    @classmethod
    def load(
        cls,
        folder: Path | str,
        tuning: Tuning = WHOLE,
        *,
        beside: tuple[Path | str, PreTrainedModel] | None = None,
        to: torch.device | None = None,
    ) -> tuple[Self, Chat]:
        """BadInputError when the folder holds no reward model of ours.

        beside: a folder and the model in it, which is loaded already. If all weights keep still and
        this reward model was learned beside that one, it takes its weights: they are there once.
        """
        folder = Path(folder)
        try:
            scale = json.loads((folder / SCALE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInputError(
                say("{folder}: no readable {scale_file}", folder=folder, scale_file=SCALE_FILE)
            ) from error
        if beside and tuning.lora_rank and adapters.is_beside(folder, beside[0]):
            chat, head = load_chat(folder), head_in(folder)
            if head is None:
                raise BadInputError(say("{folder}: no score head", folder=folder))
            model = classifier_beside(beside[1], chat, head=head, to=to)
            reward = cls(model, tuning)
            adapters.load(folder, model)
        else:
            model, chat = classifier(folder, dtype=tuning.weights, to=to)
            reward = cls(model, tuning)
        reward.set_scale(gain=scale["gain"], bias=scale["bias"])
        return reward.eval(), chat

    def keep_as(self, dtype: torch.dtype) -> None:
        """Round what will be saved, so that what is measured is what is loaded later.

        The head stays in fp32, as its scores are computed. What is merged into weights that keep
        still is rounded when it is saved.
        """
        if not adapters.has(self.model):
            round_to(self.backbone.decoder, dtype)

    def save(
        self,
        folder: Path,
        chat: Chat,
        *,
        base: Path | str | None = None,
        tensors: Mapping[str, Tensor] | None = None,
    ) -> None:
        """In the precision of the model in `base`, which it was made of; as it is without one.

        tensors: as `save_model` has them.
        """
        save_model(folder, self.model, chat, base=base, tensors=tensors)
        scale = {
            "gain": float(self.gain),
            "bias": float(self.bias),
            "template_hash": chat.template_hash,
        }
        (folder / SCALE_FILE).write_text(json.dumps(scale, indent=2) + "\n", encoding="utf-8")

    def set_scale(self, *, gain: float, bias: float) -> None:
        self.gain.fill_(gain)
        self.bias.fill_(bias)


def classifier(
    folder: Path, *, dtype: torch.dtype = torch.float32, to: torch.device | None = None
) -> tuple[PreTrainedModel, Chat]:
    """A sequence classifier of one label, its decoder in `dtype`, its head in fp32.

    Of a policy's folder it takes the decoder. to: this process's device, if not given.
    """
    config = config_in(folder)
    chat = load_chat(folder)
    try:
        model: PreTrainedModel = classifier_of(config).from_pretrained(
            folder,
            num_labels=1,
            local_files_only=True,
            use_safetensors=True,
            attn_implementation=attention_of(config),
            dtype=dtype,
        )
        model.score.float()
        if (head := head_in(folder)) is not None:
            model.score.weight.data.copy_(head)
    except (ValueError, AttributeError) as error:
        raise BadInputError(
            say("no score head can be put on this model: {error}", error=error)
        ) from error
    return prepared(model, chat, to=to), chat


def classifier_beside(
    policy: PreTrainedModel, chat: Chat, *, head: Tensor, to: torch.device | None = None
) -> PreTrainedModel:
    """A head (1, d) over the decoder of `policy`, whose weights keep still and are shared."""
    config = copy.deepcopy(policy.config)
    config.num_labels = 1
    policy.requires_grad_(requires_grad=False)
    with torch.device("meta"):
        model = classifier_of(config)(config)
    setattr(model, model.base_model_prefix, twin(policy.base_model))
    model.score.weight = nn.Parameter(head)
    return prepared(model, chat, to=to)


def head_in(folder: Path) -> Tensor | None:
    """The weights of the head, (1, d), in fp32; None of a folder that has no head."""
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as tensors:
            if HEAD in tensors.keys():  # noqa: SIM118 it is no dict
                head: Tensor = tensors.get_tensor(HEAD).float()
                return head
    return None


def prepared(
    model: PreTrainedModel, chat: Chat, *, to: torch.device | None = None
) -> PreTrainedModel:
    """As it is to be used, on this process's device or the one given."""
    # transformers reads the score at the last token that is no pad: where that were EOS itself, it
    # would read the one before. With None it reads the last token, and refuses to pad.
    model.config.pad_token_id = None if chat.pad_id == chat.eos_id else chat.pad_id
    without_dropout(model)
    choose_threads(model)
    return model.to(to or device()).eval()


def classifier_of(config: PreTrainedConfig) -> type[PreTrainedModel]:
    """The architecture's own class, or one like those that transformers makes for others."""
    known: type[PreTrainedModel] | None = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING.get(
        type(config), None
    )
    if known is not None:
        return known
    base = MODEL_MAPPING[type(config)].__bases__[0]
    name = f"{type(config).__name__.removesuffix('Config')}ForSequenceClassification"
    return type(name, (GenericForSequenceClassification, base), {})
