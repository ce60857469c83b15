"""Models to evaluate."""

import pytest
import torch

from tests.training.random_reward import random_reward_model
from training import tiny
from training.artifacts import write_folder
from training.models import save_model


@pytest.fixture(scope="module")
def other_folder(tmp_path_factory):
    """The tiny model, more inclined to end."""
    folder = tmp_path_factory.mktemp("models") / "other"
    model, chat = tiny.make()
    with torch.no_grad():
        model.lm_head.weight[chat.eos_id, 0] += 0.3
    write_folder(folder, lambda target: save_model(target, model, chat))
    return folder


@pytest.fixture(scope="module")
def judge_folder(tiny_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "judge"
    model, chat = random_reward_model(tiny_folder)
    write_folder(folder, lambda target: model.save(target, chat))
    return folder
