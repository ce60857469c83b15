"""Networks to take steps with."""

from collections.abc import Callable

import pytest
import torch

from tests.training.random_reward import random_reward_model
from training import tiny
from training.ppo.networks import Networks
from training.tuning import Tuning


@pytest.fixture
def make_networks(tiny_folder) -> Callable[..., Networks]:
    """Fresh networks on the tiny model; the policy has moved a little from its reference."""

    def make(*, frozen_layers: int = 0, moved: bool = True, has_values: bool = True) -> Networks:
        model, chat = tiny.make()
        reward, _ = random_reward_model(tiny_folder, Tuning(frozen_layers=frozen_layers))
        reward.set_scale(gain=1.5, bias=-0.3)
        tuning = Tuning(frozen_layers=frozen_layers)
        networks = Networks.of(model, reward, chat, tuning, has_values=has_values)
        if moved:
            generator = torch.Generator().manual_seed(5)
            with torch.no_grad():
                for parameter in networks.policy.parameters():
                    if parameter.requires_grad:
                        parameter += 1e-3 * torch.randn(parameter.shape, generator=generator)
        return networks

    return make
