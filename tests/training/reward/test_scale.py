"""What a score of 1 means."""

import pytest
import torch

from tests.training.conftest import ask
from tests.training.random_reward import random_reward_model
from training.folder import JobFolder
from training.reward.scale import normalise, scores, within, written_now
from training.reward.spec import RewardSpec

PROMPTS = [{"prompt_id": n, "messages": ask(f"Write about {n} birds")} for n in range(8)]


@pytest.fixture
def spec(tiny_folder) -> RewardSpec:
    return RewardSpec(model=str(tiny_folder), max_new_tokens=8, scale_texts=3)


def test_offsets_of_prompts_are_no_spread():
    """Offsets of sd 3 that no policy can change, and a spread of 0.5 that it can."""
    generator = torch.Generator().manual_seed(0)
    offsets = 3.0 * torch.randn(400, 1, generator=generator)
    rewards = offsets + 0.5 * torch.randn(400, 4, generator=generator)

    assert within(list(rewards)) == pytest.approx(0.5, rel=0.05)
    assert float(rewards.std()) > 2.5


def test_fresh_texts_of_the_reference_get_a_spread_of_one_within_a_prompt(
    make_job, tiny_folder, spec
):
    model, chat = random_reward_model(tiny_folder)
    with JobFolder(make_job(spec, prompts=PROMPTS)) as folder:
        texts = written_now(folder, spec, chat)
        again = written_now(folder, spec, chat)

    spread = normalise(model, chat, [], [], texts)

    assert texts == again
    assert [len(some) for some in texts] == [3] * 8
    assert all(
        some[0][0] == chat.prompt(p["messages"]) for some, p in zip(texts, PROMPTS, strict=True)
    )
    now = scores(model, chat, [one for some in texts for one in some])
    assert within(now.split(3)) == pytest.approx(1.0, abs=1e-3)
    assert float(now.mean()) == pytest.approx(0.0, abs=1e-4)
    assert float(model.gain) == pytest.approx(1 / spread)


def test_without_prompts_nobody_writes(make_job, tiny_folder, spec):
    _, chat = random_reward_model(tiny_folder)
    with JobFolder(make_job(spec)) as folder:
        assert written_now(folder, spec, chat) == []
