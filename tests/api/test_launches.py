"""Launching by API: what there is, what is missing, and the launch."""

import pytest

from labeling.models import Role
from rounds.launching.recipes import defaults
from rounds.models import Round, Run
from tests.api.caller import Caller
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_task,
    make_version,
)

CHAIN = ["sft", "reward", "ppo", "evaluate"]


@pytest.fixture
def round_(db: None) -> Round:
    """With enough labels for every stage."""
    project = make_project("kitchen")
    for kind in ("demonstration", "demonstration", "ranking", "ranking", "correction"):
        make_annotation(make_task(project, kind))
    return Round.objects.create(project=project, number=1, writer=make_version(name="base"))


@pytest.fixture
def manager(round_: Round) -> Caller:
    return Caller(make_member(round_.project, "Mona", Role.MANAGER), round_.project)


def test_what_can_be_launched_is_said_with_its_settings(manager: Caller) -> None:
    found = manager.get("rounds/1/launchable")

    assert (found["preset"], found["presets"]) == ("cpu", ["cpu", "instructgpt", "lora"])
    assert (found["algorithm"], found["algorithms"]["ppo"]) == ("ppo", CHAIN)
    assert [stage["name"] for stage in found["stages"] if stage["proposed"]] == CHAIN
    (sft,) = (stage for stage in found["stages"] if stage["name"] == "sft")
    values = {setting["name"]: setting["value"] for setting in sft["settings"]}
    assert values == defaults("sft", examples=3)
    (epochs,) = (each for each in sft["settings"] if each["name"] == "epochs")
    assert {name: epochs[name] for name in ("label", "low", "high", "choices", "main")} == {
        "label": "Epochs",
        "low": 1,
        "high": 50,
        "choices": None,
        "main": True,
    }


def test_presets_and_algorithms_are_of_those_that_there_are(manager: Caller) -> None:
    large = manager.get("rounds/1/launchable", preset="instructgpt", algorithm="dpo")
    assert (large["preset"], large["algorithm"]) == ("instructgpt", "dpo")
    refused = manager("get", "rounds/1/launchable", data={"preset": "huge"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "preset", "message": "Choose one of: cpu, instructgpt, lora."}
    ]


def test_preflight_says_what_there_is_and_launches_nothing(manager: Caller) -> None:
    check = manager.post("rounds/1/preflight", {"stages": ["sft"]}, status=200)

    assert (check["may_launch"], check["settings"]) == (True, {"sft": defaults("sft", examples=3)})
    assert [(each["stage"], each["guessed"]) for each in check["stages"]] == [("sft", True)]
    assert check["seconds"] == check["stages"][0]["seconds"] > 10
    assert {finding["level"] for finding in check["stages"][0]["findings"]} <= {"ok", "warning"}
    assert Run.objects.count() == 0


def test_preflight_says_what_is_missing(manager: Caller, round_: Round) -> None:
    round_.project.annotations.all().delete()

    check = manager.post("rounds/1/preflight", {}, status=200)
    refused = manager.post("rounds/1/launches", {}, status=409)

    assert check["may_launch"] is False
    missing = [
        finding["text"]
        for stage in check["stages"]
        for finding in stage["findings"]
        if finding["level"] == "missing"
    ]
    assert missing == [error["message"] for error in refused["errors"]]
    assert refused["type"] == "not_enough_data"


def test_a_chain_is_launched_with_the_settings_that_are_sent(manager: Caller) -> None:
    runs = manager.post(
        "rounds/1/launches", {"stages": ["sft", "reward"], "settings": {"sft": {"epochs": 3}}}
    )

    assert [(run["stage"], run["job"]["state"]) for run in runs] == [
        ("sft", "queued"),
        ("reward", "waiting"),
    ]
    assert runs[0]["settings"] == defaults("sft", examples=3) | {"epochs": 3}
    assert runs == [manager.get("runs")["items"][place] for place in (1, 0)]
    again = manager.post("rounds/1/launches", {"stages": ["sft"]}, status=409)
    assert again["detail"] == "Training of this round is already running."


def test_settings_of_the_last_run_are_proposed_next(manager: Caller) -> None:
    (run,) = manager.post(
        "rounds/1/launches", {"stages": ["sft"], "settings": {"sft": {"epochs": 3}}}
    )
    manager.post(f"runs/{run['id']}/cancel", status=200)

    (again,) = manager.post("rounds/1/launches", {"stages": ["sft"]})
    (afresh,) = manager.post(f"runs/{again['id']}/cancel", status=200) and manager.post(
        "rounds/1/launches", {"stages": ["sft"], "preset": "cpu"}
    )

    assert (again["settings"]["epochs"], afresh["settings"]["epochs"]) == (
        3,
        defaults("sft")["epochs"],
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            {"stages": ["sft"], "settings": {"sft": {"epochs": 0, "hue": 1}}},
            ["settings.sft.hue", "settings.sft.epochs"],
        ),
        ({"stages": ["waffle"]}, ["stages"]),
        ({"stages": []}, ["stages"]),
        ({"stages": ["sft"], "settings": {"ppo": {"steps": 2}}}, ["settings.ppo"]),
        ({"stages": ["sft"], "settings": {"sft": {"epochs": "3"}}}, ["settings.sft.epochs"]),
        ({"stages": "sft"}, ["body.stages"]),
    ],
)
@pytest.mark.parametrize("path", ["preflight", "launches"])
def test_what_cannot_be_launched_is_named(
    manager: Caller, path: str, body: dict[str, object], fields: list[str]
) -> None:
    refused = manager.post(f"rounds/1/{path}", body, status=422)

    assert [error["field"] for error in refused["errors"]] == fields
    assert Run.objects.count() == 0
