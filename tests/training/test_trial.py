"""Only models that every stage can work with are registered."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from training import tiny
from training.artifacts import write_folder
from training.base_model import trainer as base_model
from training.base_model.spec import BaseModelSpec
from training.chat import Chat
from training.contract.manifest import verify
from training.errors import BadInputError
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.rows import check_layers
from training.trial import cut_of, try_stages

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
GPT = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 512}
NO_HEAD = "no score head can be put on this model"
TRAINED = ["llama", "qwen2", "qwen3", "smollm3", "olmo2"]
REFUSED = {
    "gpt2": (GPT, "GPT2Model cannot be trained here"),
    "gpt_neox": ({}, "cannot be trained here"),
    "opt": ({"ffn_dim": 128, "word_embed_proj_dim": 64}, "cannot be trained here"),
    "gemma3_text": ({}, "cannot be trained here"),
    "cohere": ({}, "cannot be trained here"),
    "granite": ({}, "cannot be trained here"),
    "mistral": ({"sliding_window": 64}, "see the last 64 tokens of 512"),
}


def model_of(kind: str, **values: Any) -> tuple[Any, Chat]:
    chat = Chat(tiny.tokenizer())
    config = AutoConfig.for_model(kind, **{**SIZES, **values, "vocab_size": len(chat.tokenizer)})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa")
    return model.eval(), chat


def folder_of(path: Path, kind: str, **values: Any) -> Path:
    write_folder(path, lambda to: save_model(to, *model_of(kind, **values)))
    return path


def register(make_job: Any, source: Path) -> Path:
    path: Path = make_job(BaseModelSpec(source=str(source)))
    with JobFolder(path) as folder:
        base_model.base_model(folder)
    return path


@pytest.mark.parametrize("kind", REFUSED)
def test_a_model_that_a_stage_cannot_train_is_refused_with_the_reason(make_job, tmp_path, kind):
    values, reason = REFUSED[kind]
    source = folder_of(tmp_path / "source", kind, **values)

    with pytest.raises(BadInputError, match=reason):
        register(make_job, source)

    assert not (tmp_path / "job" / "result.json").exists()


@pytest.mark.parametrize("kind", TRAINED)
def test_layers_run_by_hand_give_what_the_model_gives(kind):
    model, _ = model_of(kind)

    check_layers(model.base_model, frozen_layers=1)


def test_a_window_as_wide_as_the_context_is_none():
    model, _ = model_of("mistral", sliding_window=512)

    check_layers(model.base_model, frozen_layers=0)


def test_the_cut_keeps_the_architecture_and_each_kind_of_layer():
    config = AutoConfig.for_model(
        "qwen3", **SIZES | {"num_attention_heads": 16, "hidden_size": 512}
    )
    config.layer_types = ["full_attention", "full_attention", "sliding_attention"]

    cut = cut_of(config).config

    assert type(cut) is type(config)
    assert cut.layer_types == ["full_attention", "sliding_attention"]
    assert (cut.num_hidden_layers, cut.num_attention_heads, cut.num_key_value_heads) == (2, 16, 2)
    assert config.num_hidden_layers == 3


@pytest.mark.slow
def test_a_base_model_is_tried_by_every_stage_and_its_sampling_settings_go(make_job, tmp_path):
    """What Llama 2 shipped: transformers refuses to save such settings."""
    source = folder_of(tmp_path / "source", "llama")
    settings = {"do_sample": False, "temperature": 0.9, "top_p": 0.5, "eos_token_id": [2, 0]}
    (source / "generation_config.json").write_text(json.dumps(settings))

    path = register(make_job, source)

    verify(path / "model")
    assert json.loads((path / "model" / "generation_config.json").read_text()) == {
        "eos_token_id": [2, 0]
    }
    result = json.loads((path / "result.json").read_text())
    assert (result["context"], result["system_turns"]) == (512, True)
    assert sorted(p.name for p in path.iterdir() if p.name.startswith("tmp-")) == []


@pytest.mark.slow
def test_what_is_not_tried_at_registration_passes_the_trial(tmp_path):
    """The tiny model, which this repository makes: its registration is to be quick."""
    model, chat = tiny.make()

    try_stages(model, chat, beside=tmp_path / "model")

    assert list(tmp_path.iterdir()) == []


def test_what_a_stage_says_is_the_reason(tmp_path, monkeypatch):
    model, chat = model_of("llama")
    monkeypatch.setattr("training.trial.trials", lambda: [("sft", Failing())])

    with pytest.raises(BadInputError, match=r"cannot be trained here \(KeyError: 'rope'\)"):
        try_stages(model, copy.copy(chat), beside=tmp_path / "model")

    assert list(tmp_path.iterdir()) == []


class Failing:
    """A stage that fails on the model."""

    def job(self, models: dict[str, str]) -> tuple[Any, dict[str, Any]]:
        load_policy(models["base_model"])
        raise KeyError("rope")
