"""The page of an evaluation says whose verdict it shows, and how sure that is."""

import re

import pytest

from registry.models import ModelVersion
from rounds.lineage import sft_of
from rounds.models import Evaluation, Run
from tests.factories import make_version
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_world

OWN = "PPO trained the new model to please this very reward model"


@pytest.fixture
def world(db: None) -> World:
    """Its policy was trained on the reward model that judges it."""
    made = make_world()
    Run.objects.filter(pk=made.runs["ppo"].pk).update(reward_model=made.evaluation.reward_model)
    return made


def page_of(world: World, language: str = "en") -> str:
    """The page, its blanks made one."""
    client = signed_in(world.mona)
    client.cookies["django_language"] = language
    answer = client.get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")
    return " ".join(answer.content.decode().split())


def test_the_share_names_its_judge_its_interval_and_its_pairs(world: World) -> None:
    page = page_of(world)

    assert "<dt>Preferred by reward v1</dt>" in page
    assert "(95-percent interval), 12 pairs on 12 prompts" in page
    assert "Reward by reward v1" in page
    assert OWN in page
    assert not re.search(r"\bwon\b", page, re.IGNORECASE)


def test_mean_rewards_and_their_change_have_intervals(world: World) -> None:
    for place, sample in enumerate(world.evaluation.samples.order_by("model_version", "prompt")):
        sample.reward = 0.5 if place < 12 else place % 2
        sample.save()

    page = page_of(world)

    of_columns = re.findall(
        r"([−.\d]+) <br><span class=\"quiet small\"> (\S+ to \S+) </span>", page
    )
    change = re.search(
        r"Change of the reward by reward v1</dt> <dd>(.*?)</dd> <dd[^>]*>(.*?)<", page
    )
    assert [interval for _mean, interval in of_columns] == ["0.50 to 0.50", "0.17 to 0.83"]
    assert change is not None
    interval = "−0.33 to +0.33 (95-percent interval), 12 pairs on 12 prompts"
    assert [part.strip() for part in change.groups()] == ["+0.00", interval]


def test_another_reward_model_is_not_told_to_be_its_own(world: World) -> None:
    Run.objects.filter(pk=world.runs["ppo"].pk).update(reward_model=None)

    page = page_of(world)

    assert OWN not in page
    assert "No person has judged these texts." in page


def test_a_reward_model_that_learned_nothing_is_called_so_wherever_it_judges(world: World) -> None:
    world.evaluation.metrics["wins"] = {"value": 0.7, "low": 0.4, "high": 0.9, "n": 12}
    world.evaluation.save()
    reward = world.evaluation.reward_model
    client = signed_in(world.mona)
    addresses = [
        f"/runs/{world.runs['evaluate'].pk}/evaluation/",
        f"/projects/kitchen/models/{world.policy.pk}/promote/",
        f"/projects/kitchen/models/{reward.pk}/",
    ]

    def told() -> list[bool]:
        pages = [client.get(address).content.decode() for address in addresses]
        return ["reward v1 has learned next to nothing" in page for page in pages]

    reward.metrics = {"rankings": 4, "useless": False}
    reward.save()
    assert told() == [False, False, False]
    reward.metrics = {"rankings": 4, "useless": True}
    reward.save()
    assert told() == [True, True, True]


@pytest.mark.parametrize("shift", [-9, 0, 9])
def test_the_verdict_is_in_the_readers_language(world: World, shift: int) -> None:
    for sample in world.evaluation.samples.filter(model_version=world.policy):
        sample.reward += shift
        sample.save()

    page = page_of(world, "zh-hans")

    verdict = page.partition('<div class="message')[2].partition("</dl>")[0]
    shown = re.sub(r"<[^>]*>|reward v1|PPO", "", verdict.partition(">")[2])
    assert re.findall("[A-Za-z]{2,}", shown) == []


def test_kl_is_shown_from_the_sft_model_too(world: World) -> None:
    assert page_of(world).count("KL from sft v1, nats") == 1  # it is the reference

    later = make_version("policy", family=world.project.family, parent=world.policy, name="later")
    numbers = world.evaluation.metrics["models"][str(world.policy.pk)]
    metrics = {"models": {str(later.pk): {**numbers, "kl_sft": 4.25}}}
    Evaluation.objects.update(after=later, reference=world.policy, metrics=metrics)
    page = page_of(world)

    assert "KL from policy v1, nats" in page
    assert re.search(r"KL from sft v1, nats </th> <td class=\"number\"[^>]*>4.25</td>", page)
    assert sft_of(later) == ModelVersion.objects.get(name="sft v1")
    assert sft_of(world.round.writer) is None


def test_a_conversation_is_shown_whole(world: World) -> None:
    turns = ["What is a socket?", "A hole.", "Is it safe?"]
    roles = ["user", "assistant", "user"]
    messages = [{"role": r, "content": c} for r, c in zip(roles, turns, strict=True)]
    world.project.prompts.filter(split="heldout").update(messages=messages)

    page = page_of(world)

    assert [turn for turn in turns if turn not in page] == []
