"""A reward model that has opinions without training, for tests of what reads one."""

import math
from pathlib import Path

import torch

from training.backbone import WHOLE
from training.chat import Chat
from training.reward_model import RewardModel
from training.tuning import Tuning


def random_reward_model(folder: Path, tuning: Tuning = WHOLE) -> tuple[RewardModel, Chat]:
    """As `RewardModel.start`, with a head drawn from N(0, 1/(d+1)), the same each time."""
    model, chat = RewardModel.start(folder, tuning)
    weight = model.model.score.weight
    drawn = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        weight.copy_(drawn / math.sqrt(weight.shape[1] + 1))
    return model, chat
