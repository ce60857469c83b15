"""Votes on models by API: asked for, counted, closed."""

from django.utils.dateparse import parse_datetime

from registry.models import Family
from rounds.models import Ballot, Verdict
from tests.api.caller import Caller
from tests.factories import make_version
from tests.rounds.world import World


def test_people_are_asked_and_asked_no_more(world: World, mona: Caller) -> None:
    base, policy = world.round.writer, world.policy
    asked = mona.post("ballots", {"models": [base.pk, policy.pk], "prompts": 3, "effect": 65})

    ballot = Ballot.objects.get()
    assert parse_datetime(asked.pop("asked_at")) == ballot.asked_at.replace(
        microsecond=ballot.asked_at.microsecond // 1000 * 1000
    )
    assert asked == {
        "id": ballot.pk,
        "models": [
            {"id": base.pk, "name": "base", "kind": "base"},
            {"id": policy.pk, "name": "policy v1", "kind": "policy"},
        ],
        "votes": 1,
        "effect": 0.65,
        "is_judged": False,
        "questions": 3,
        "awaited": 0,
        "asked_by": "Mona",
        "closed_at": None,
    }
    (listed,) = mona.get("ballots")["items"]
    assert listed["questions"] == 3
    assert mona.post(f"ballots/{ballot.pk}/write", status=409)["type"] == "conflict"
    assert mona.post(f"ballots/{ballot.pk}/close", status=200)["closed_at"] is not None
    assert mona.post(f"ballots/{ballot.pk}/close", status=409)["type"] == "conflict"


def test_what_cannot_be_asked_is_named(world: World, mona: Caller) -> None:
    reward = world.evaluation.reward_model
    assert reward is not None
    refused = mona.post(
        "ballots", {"models": [world.policy.pk, reward.pk], "prompts": 0, "effect": 99}, status=422
    )
    assert [error["field"] for error in refused["errors"]] == ["models", "prompts", "effect"]
    one = mona.post("ballots", {"models": [world.policy.pk]}, status=422)
    assert one["errors"] == [{"field": "models", "message": "Choose two models or more."}]
    both = [world.round.writer.pk, world.policy.pk]
    judged = mona.post("ballots", {"models": both, "is_judged": True}, status=422)
    assert [error["field"] for error in judged["errors"]] == ["is_judged"]
    foreign = make_version("policy", family=Family.objects.create(name="elsewhere"))
    refused = mona.post("ballots", {"models": [world.policy.pk, foreign.pk]}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["models"]
    assert Ballot.objects.count() == 0


def test_the_verdict_is_told_pair_by_pair(world: World, mona: Caller) -> None:
    base, policy = world.round.writer, world.policy
    assert mona.get("verdict") == {"pairs": [], "rankings": [], "effect": 0.0, "computed_at": None}
    pair = {"older": base.pk, "newer": policy.pk, "prompts": 4, "votes": 5, "more": 9, "waiting": 2}
    Verdict.objects.create(project=world.project, figures={"pairs": [pair], "effect": 0.6})

    assert mona.get("verdict")["pairs"] == [
        {
            "older": {"id": base.pk, "name": "base", "kind": "base"},
            "newer": {"id": policy.pk, "name": "policy v1", "kind": "policy"},
            "ask": 7,
            "figures": {"prompts": 4, "votes": 5, "more": 9, "waiting": 2},
        }
    ]
