"""Rounds by API: listed, opened, read, asked more of, ended."""

import pytest

from labeling.models import Role, Task
from rounds.models import Round
from tests.api.caller import Caller
from tests.factories import make_member, make_project, make_prompt, make_version
from tests.rounds.world import World


@pytest.fixture
def manager(db: None) -> Caller:
    """Of a project with prompts and no round yet."""
    project = make_project("kitchen", completions={"ranking": 3})
    for number in range(6):
        make_prompt(project, f"Question {number}?")
    make_version(name="base")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def test_rounds_are_listed_the_newest_first(world: World, mona: Caller) -> None:
    base = world.round.writer
    second = Round.objects.create(project=world.project, number=2, writer=world.policy)
    made = {"plan": {}, "preamble": None, "closed_at": None}
    one = {
        "number": 1,
        "state": "evaluated",
        "opened_by": "Mona",
        "writer": {"id": base.pk, "name": "base", "kind": "base"},
        "opened_at": f"{world.round.opened_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
    }
    two = {
        "number": 2,
        "state": "collecting",
        "opened_by": "",
        "writer": {"id": world.policy.pk, "name": "policy v1", "kind": "policy"},
        "opened_at": f"{second.opened_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
    }

    assert mona.get("rounds") == {"items": [made | two, made | one], "next": None}
    page = mona.get("rounds", limit=1)
    assert [each["number"] for each in page["items"]] == [2]
    following = mona.get("rounds", limit=1, cursor=page["next"])
    assert ([each["number"] for each in following["items"]], following["next"]) == ([1], None)


def test_a_round_is_opened_as_the_page_does(manager: Caller) -> None:
    opened = manager.post("rounds", {"tasks": {"demonstration": 2, "ranking": 1}})

    round_ = Round.objects.get()
    assert round_.plan == {
        "tasks": {"demonstration": 2, "ranking": 1},
        "completions": round_.plan["completions"] | {"ranking": 3},  # the project's
        "human_texts": False,
        "chosen_percent": 0,
        "previous_share": 0.0,
        "temperature": 1.0,
        "max_new_tokens": 128,
        "first_batch": 6,
        "languages": [],
        "use_cases": [],
        "base": None,
        "seed": 0,
    }
    assert {name: opened[name] for name in ("number", "state", "wanted", "given", "is_live")} == {
        "number": 1,
        "state": "collecting",
        "wanted": 2,
        "given": 0,
        "is_live": True,
    }
    assert opened["kinds"] == [
        {"kind": "demonstration", "wanted": 2, "given": 0, "waiting": 0},
        {"kind": "ranking", "wanted": 0, "given": 0, "waiting": 1},
    ]
    assert manager.get("rounds/1") == opened


def test_a_plan_that_cannot_be_is_refused_by_its_fields(manager: Caller) -> None:
    refused = manager.post("rounds", {"tasks": {"ranking": 1}, "temperature": 9}, status=422)
    assert refused["errors"] == [
        {"field": "temperature", "message": "Choose a value from 0.1 to 2.0."}
    ]
    refused = manager.post("rounds", {"tasks": {"waffle": 1}, "colour": "red"}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["body.colour"]
    plan = {"tasks": {"waffle": 1, "ranking": -1}, "completions": {"ranking": 99}}
    refused = manager.post("rounds", plan, status=422)
    assert {error["field"] for error in refused["errors"]} == {
        "tasks.waffle",
        "tasks.ranking",
        "completions.ranking",
    }
    assert Round.objects.count() == 0
    manager.post("rounds", {"tasks": {"demonstration": 1}})
    refused = manager.post("rounds/1/ask", {"tasks": {}}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["tasks.ranking"]


def test_a_round_that_is_not_over_is_not_followed_by_another(manager: Caller) -> None:
    manager.post("rounds", {"tasks": {"demonstration": 1}})

    refused = manager.post("rounds", {"tasks": {"demonstration": 1}}, status=409)
    assert refused["detail"] == "Round 1 is not evaluated yet: run the evaluation first."
    again = manager.post("rounds", {"tasks": {"demonstration": 1}, "number": 1})
    assert (again["number"], Round.objects.count()) == (1, 1)
    refused = manager.post("rounds", {"tasks": {"demonstration": 1}, "number": 7}, status=409)
    assert refused["detail"] == "There is no round 7: the one to open next is 2."


def test_more_is_asked_of_a_round(manager: Caller) -> None:
    manager.post("rounds", {"tasks": {"demonstration": 1}})

    asked = manager.post("rounds/1/ask", {"tasks": {"demonstration": 9}}, status=200)

    assert {kind: n for kind, n in asked["tasks"].items() if n} == {"demonstration": 5}
    assert Task.objects.count() == 6


def test_a_round_is_ended_before_its_time(manager: Caller) -> None:
    manager.post("rounds", {"tasks": {"demonstration": 4}})
    cost = {"open": 4, "begun": 0, "waiting": 0, "writing": 0, "training": 0, "answers": 0}

    assert manager.get("rounds/1/cost") == cost
    assert manager.post("rounds/1/end-collecting", status=200)["state"] == "collecting"
    assert manager.get("rounds/1/cost") == cost | {"open": 0}
    assert manager.post("rounds/1/cancel", status=200)["state"] == "cancelled"
    refused = manager.post("rounds/1/cancel", status=409)
    assert refused["detail"] == "This round is over already. Load it again."


def test_steps_and_labels_of_a_finished_round(world: World, mona: Caller) -> None:
    found = mona.get("rounds/1")

    assert [(step["name"], step["state"]) for step in found["steps"]] == [
        ("collect", "done"),
        ("sft", "done"),
        ("reward", "done"),
        ("ppo", "done"),
        ("evaluate", "done"),
        ("promote", "done"),
    ]
    assert (found["is_live"], found["left_out"]) == (False, [])
