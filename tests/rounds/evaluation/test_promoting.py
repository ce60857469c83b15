"""A version that people have not found better is promoted for a reason, which is kept."""

from typing import Any

import pytest

from core.errors import BadInputError
from registry.models import AliasChange, ModelVersion
from rounds.evaluation.promoting import promote, said
from rounds.models import Reason, Said, Verdict
from tests.factories import make_version
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Its policy serves."""
    return make_world()


@pytest.fixture
def newer(world: World) -> ModelVersion:
    """A second policy."""
    return make_version("policy", family=world.project.family, name="policy v2")


def tell(older: ModelVersion, newer: ModelVersion, **figures: Any) -> None:
    """What votes say of two versions."""
    pair = {
        "older": older.pk,
        "newer": newer.pk,
        "prompts": 40,
        "votes": 44,
        "wins": 30,
        "ties": 4,
        "losses": 6,
        "rate": {"value": 0.8, "low": 0.65, "high": 0.9, "n": 40},
        "anytime": {"low": 0.55, "high": 0.9},
        "decision": "undecided",
        "decided_after": 40,
        "more": 20,
        **figures,
    }
    found = {"effect": 0.6, "pairs": [pair], "table": {}, "rankings": []}
    Verdict.objects.update_or_create(
        project=older.family.project if older.family else newer.family.project,  # type: ignore[union-attr]
        defaults={"figures": found, "computed_at": newer.created_at},
    )


HIGH, LOW = {"low": 0.55, "high": 0.9}, {"low": 0.1, "high": 0.45}


@pytest.mark.parametrize(
    ("decision", "anytime", "of_the_newer", "of_the_older"),
    [
        ("better", HIGH, Said.BETTER, Said.WORSE),
        ("not better", LOW, Said.WORSE, Said.BETTER),
        ("not better", {"low": 0.4, "high": 0.6}, Said.NO_BETTER, Said.NO_BETTER),
        ("undecided", {"low": 0.4, "high": 0.6}, Said.UNDECIDED, Said.UNDECIDED),
    ],
)
def test_what_people_say_of_a_version_against_the_one_that_serves(
    world: World,
    newer: ModelVersion,
    decision: str,
    anytime: dict[str, float],
    of_the_newer: Said,
    of_the_older: Said,
) -> None:
    assert said(world.project, newer) == Said.NOBODY
    tell(world.policy, newer, decision=decision, anytime=anytime)
    assert said(world.project, newer) == of_the_newer

    promote(project=world.project, version=newer, by=world.mona, reason="To see.")

    assert said(world.project, world.policy) == of_the_older


def test_without_a_verdict_a_reason_is_asked_for_kept_and_shown(
    world: World, newer: ModelVersion
) -> None:
    before = AliasChange.objects.count()
    with pytest.raises(BadInputError) as caught:
        promote(project=world.project, version=newer, by=world.mona, reason="  ")
    assert list(caught.value.errors) == ["reason"]
    assert AliasChange.objects.count() == before

    client = signed_in(world.mona)
    address = f"/projects/kitchen/models/{newer.pk}/promote/"
    assert "nobody has voted" in client.get(address).content.decode()
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert "Say why it is promoted" in refused.content.decode()
    assert client.post(address, {"reason": "It is <b>shorter</b>."}).status_code == 302

    kept = Reason.objects.latest("pk")
    assert (kept.change.version, kept.text, kept.verdict) == (
        newer,
        "It is <b>shorter</b>.",
        Said.NOBODY,
    )
    page = client.get("/projects/kitchen/models/").content.decode()
    assert "It is &lt;b&gt;shorter&lt;/b&gt;." in page
    assert "nobody has voted" in page


def test_what_people_found_better_needs_none(world: World, newer: ModelVersion) -> None:
    tell(world.policy, newer, decision="better", anytime=HIGH)

    change = promote(project=world.project, version=newer, by=world.mona)

    assert (change.reason.text, change.reason.verdict) == ("", Said.BETTER)
    # Once more changes nothing, and asks nothing.
    assert promote(project=world.project, version=newer, by=world.mona) == change


def test_what_serves_is_held_against_what_it_took_the_place_of(
    world: World, newer: ModelVersion
) -> None:
    promote(project=world.project, version=newer, by=world.mona, reason="To see.")
    tell(world.policy, newer, decision="better", anytime=HIGH)

    page = signed_in(world.mona).get(f"/projects/kitchen/models/{newer.pk}/promote/")

    text = " ".join(page.content.decode().split())
    assert "It serves already." in text
    assert 'name="reason"' not in text
    assert "policy v2 against policy v1" in text
    assert said(world.project, newer) == Said.BETTER


def test_judges_stand_side_by_side(world: World) -> None:
    base = world.round.writer
    promote(project=world.project, version=base, by=world.mona, reason="Back.")
    tell(base, world.policy, decision="better", anytime=HIGH)
    wins = {"value": 0.7, "low": 0.4, "high": 0.9, "n": 12}
    world.evaluation.metrics = world.evaluation.metrics | {"wins": wins}
    world.evaluation.metrics["models"][str(world.policy.pk)]["kl_sft"] = 3.25
    world.evaluation.metrics["models"][str(world.policy.pk)]["length"] = 31.0
    world.evaluation.save()

    for page in ("", "promote/"):
        answer = signed_in(world.mona).get(f"/projects/kitchen/models/{world.policy.pk}/{page}")
        text = " ".join(answer.content.decode().split())
        assert "Enough votes are in: policy v1 is better than base." in text
        assert "44 votes on 40 prompts" in text
        assert "reward v1 prefers it to base on 70.0 % (40.0 % to 90.0 %) of 12" in text
        assert "<dd>20.0 → 31.0</dd>" in text
        assert "<dd>3.25</dd>" in text
        assert "required" not in text.partition('name="reason"')[2].partition(">")[0]
