"""The disk that pre-flight asks for is what trainers really write, and what README promises."""

import math
import re
from pathlib import Path

import pytest
import torch

from labeling.models import Split
from rounds import stages
from rounds.launching.preflight import bytes_needed, check
from rounds.launching.recipes import defaults
from rounds.models import Round
from rounds.stages import launchable
from tests.factories import make_prompt
from training import tiny
from training.ppo.networks import Networks
from training.ppo.spec import OTHERS, VALUES
from training.reward.steps import adam
from training.reward_model import RewardModel
from training.rows import trained
from training.state import TENSORS, State

README = Path(__file__).resolve().parents[3] / "README.md"
SMOLLM2_135M = 134_515_008  # parameters of the model that `make demo` fetches
HEADER = 20_000  # bytes: the names of the tensors


def stepped(optimiser: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """With the moments that the first step makes."""
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    optimiser.step()
    return optimiser


def written(state: State, folder: Path) -> int:
    """The size of its checkpoint."""
    folder.mkdir()
    state.save(folder, step=1)
    return (folder / TENSORS).stat().st_size


@pytest.fixture(scope="module")
def reward_model(tmp_path_factory: pytest.TempPathFactory) -> RewardModel:
    folder = tmp_path_factory.mktemp("tiny")
    model, chat = tiny.make()
    chat.tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return RewardModel.start(str(folder))[0]


def test_a_reward_checkpoint_is_as_large_as_its_stage_says(
    reward_model: RewardModel, tmp_path: Path
) -> None:
    optimiser = stepped(adam(reward_model, {"body": 0.0, "head": 0.0}))
    count = sum(p.numel() for p in trained(reward_model).values())
    state = State(modules={"model": reward_model}, optimisers={"adam": optimiser}, tensors={})

    size = written(state, tmp_path / "checkpoint")

    assert size == pytest.approx(stages.get("reward").bytes_a_parameter * count, abs=HEADER)


@pytest.mark.parametrize("baseline", [VALUES, OTHERS])
def test_a_ppo_checkpoint_is_as_large_as_its_stage_says(
    reward_model: RewardModel, tmp_path: Path, baseline: str
) -> None:
    model, chat = tiny.make()
    networks = Networks.of(model, reward_model, chat, has_values=baseline == VALUES)
    both = networks.learners
    optimisers = {
        name: stepped(torch.optim.Adam(trained(part).values(), lr=0.0))
        for name, part in both.items()
    }
    average = {name: p.detach().clone() for name, p in trained(networks.policy).items()}

    state = State(modules=both, optimisers=optimisers, tensors={"ema": average})
    size = written(state, tmp_path / "checkpoint")

    counts = {n: sum(p.numel() for p in trained(part).values()) for n, part in both.items()}
    expected = 16 * counts["policy"] + 12 * counts.get("critic", 0)
    assert size == pytest.approx(expected, abs=HEADER)
    has_values = 12 * ("critic" in counts)
    assert stages.get("ppo").checkpoint({"baseline": baseline}) == 16 + has_values


def test_a_third_is_trained_where_two_thirds_are_frozen() -> None:
    ppo = stages.get("ppo")

    assert ppo.disk({"frozen_layers": 0}) == 3 * 28
    assert ppo.disk({"frozen_layers": -1}) == pytest.approx(3 * 28 / 3)
    assert stages.get("evaluate").disk({}) == 0


def test_readme_promises_what_preflight_demands_of_the_demo(first_round: Round) -> None:
    make_prompt(first_round.project, split=Split.HELDOUT)
    names = list(launchable())
    found = check(first_round, names, {name: defaults(name) for name in names})

    need = bytes_needed(SMOLLM2_135M, found.stages)

    promised = re.search(r"([0-9]+) GB more to train a whole chain", README.read_text("utf-8"))
    assert promised is not None
    assert int(promised[1]) == math.ceil(need / 1e9)


def test_a_stage_needs_its_own_files_beside_the_models_before_it(first_round: Round) -> None:
    found = check(first_round, ["sft", "reward", "ppo"])
    sft, reward, ppo = (each.disk for each in found.stages)

    assert bytes_needed(1, found.stages) == max(sft, 4 + reward, 8 + ppo)
    assert bytes_needed(1, found.stages[:1]) == sft == 40
