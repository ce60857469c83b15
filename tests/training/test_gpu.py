"""On a GPU; `pytest -m gpu` runs these where there is one, and test_tuning.py serves there too."""

import json

import pytest
import torch

from tests.training.ppo.setting import SPEC
from training import trial
from training.folder import JobFolder
from training.generate import trainer as generate
from training.generate.spec import GenerateSpec
from training.models import load_policy
from training.trial import PROMPTS, try_stages

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


def test_every_stage_takes_a_step(tiny_folder, tmp_path):
    """Sampling, and that what sampled is what is trained, among it."""
    model, chat = load_policy(tiny_folder)
    assert model.device.type == "cuda"

    try_stages(model, chat, beside=tmp_path / "model")

    assert {"sft", "reward", "ppo", "generate"} <= {name for name, _module in trial.trials()}


def test_completions_are_written(make_job, tiny_folder):
    spec = GenerateSpec(model=str(tiny_folder), max_new_tokens=SPEC.max_new_tokens)
    path = make_job(spec, prompts=[{**prompt, "n": 3} for prompt in PROMPTS])

    with JobFolder(path) as folder:
        generate.generate(folder)

    assert json.loads((path / "result.json").read_text())["completions"] == 6
