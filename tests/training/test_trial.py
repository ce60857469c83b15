"""Only models that every stage can work with are registered."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from tests.training.architectures import ARCHITECTURES, SIZES, folder_of, model_of
from training import tiny
from training.base_model import trainer as base_model
from training.base_model.spec import BaseModelSpec
from training.contract.manifest import verify
from training.errors import BadInputError
from training.folder import JobFolder
from training.models import load_policy
from training.reward_model import RewardModel
from training.trial import ASK, cut_of, trials, try_stage, try_stages


def register(make_job: Any, source: Path) -> Path:
    path: Path = make_job(BaseModelSpec(source=str(source)))
    with JobFolder(path) as folder:
        base_model.base_model(folder)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_an_architecture_is_registered_trained_by_each_stage_and_loaded_by_plain_transformers(
    make_job, tmp_path, monkeypatch, kind
):
    """Two steps each; the reward models of some are of a class that transformers does not have."""
    monkeypatch.setattr(base_model, "try_stages", lambda *_, **how: None)  # all below, not of a cut
    registered = register(make_job, folder_of(tmp_path / "source", kind))
    made = {"base_model": registered / "model"}
    for name, module in trials():
        try_stage(module, tmp_path / name, made)
        made[name] = tmp_path / name / "model"

    for name in ("sft", "reward", "dpo", "ppo"):
        lines = (tmp_path / name / "events.jsonl").read_text(encoding="utf-8").splitlines()
        told = [json.loads(line)["data"] for line in lines]
        assert sum("learning_rate" in one.get("values", {}) for one in told) == 2
    texts = json.loads((tmp_path / "generate" / "result.json").read_text())
    assert texts["completions"] == 4
    for name in ("sft", "dpo", "ppo"):
        exported = AutoModelForCausalLM.from_pretrained(made[name])
        assert exported.config.model_type == kind
        ours, chat = load_policy(made[name])
        ids = torch.tensor([chat.prompt(ASK)])
        with torch.no_grad():
            torch.testing.assert_close(exported(ids).logits, ours(ids).logits, atol=1e-5, rtol=1e-4)
    RewardModel.load(made["reward"])


def test_a_model_that_cannot_be_loaded_is_refused_with_the_reason(make_job, tmp_path):
    source = folder_of(tmp_path / "source", "llama")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps(config | {"hidden_act": "no_such_function"}))

    with pytest.raises(
        BadInputError, match=r"cannot be loaded here \(KeyError: 'no_such_function'\)"
    ):
        register(make_job, source)

    assert not (tmp_path / "job" / "result.json").exists()


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
