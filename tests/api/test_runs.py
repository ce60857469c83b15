"""Runs by API: listed, read, stopped, gone on with, followed."""

import json
from collections.abc import Iterator

import pytest
from django.utils.dateparse import parse_datetime

from accounts.models import ApiToken
from api.routers import events
from jobs import feed
from jobs.models import Job, JobEvent
from rounds.launching.recipes import defaults
from rounds.models import Run
from tests.api.caller import Caller
from tests.rounds.world import World
from tests.streams import read_at_once


def test_runs_are_listed_and_filtered(world: World, mona: Caller) -> None:
    def ids(**query: object) -> list[int]:
        return [run["id"] for run in mona.get("runs", **query)["items"]]

    runs = world.runs
    assert ids() == [runs[s].pk for s in ("evaluate", "ppo", "reward", "sft", "generate")]
    assert ids(stage="ppo") == ids(stage="ppo", round=1, state="succeeded") == [runs["ppo"].pk]
    assert ids(round=2) == ids(state="failed") == []
    for wrong in ({"state": "tired"}, {"stage": "\0"}, {"round": 0}, {"round": 2**63}):
        assert mona("get", "runs", data=wrong).status_code == 422


def test_a_run_says_what_went_in_and_what_came_out(world: World, mona: Caller) -> None:
    run = world.runs["reward"]
    found = mona.get(f"runs/{run.pk}")

    curves = found.pop("curves")
    assert [curve["name"] for curve in curves][:2] == ["loss", "accuracy"]
    job = found.pop("job")
    assert {name: job[name] for name in ("id", "kind", "state", "step", "total_steps")} == {
        "id": run.job_id,
        "kind": "reward",
        "state": "succeeded",
        "step": 3,
        "total_steps": 3,
    }
    assert parse_datetime(found.pop("created_at")) is not None
    assert found == {
        "id": run.pk,
        "round": 1,
        "stage": "reward",
        "settings": defaults("reward"),
        "source": {"id": run.source_id, "name": "sft v1", "kind": "sft"},
        "reward_model": None,
        "second_reward_model": None,
        "made": {"id": run.job.model_version.pk, "name": "reward v1", "kind": "reward"},
        "snapshot": run.snapshot_id,
        "corpus": None,
        "half": "",
        "ballot": None,
        "launched_by": "",
        "result": {},
        "has_evaluation": False,
        "left_out": [],
    }
    assert mona.get(f"runs/{world.runs['evaluate'].pk}")["has_evaluation"] is True


def test_a_run_is_stopped_and_gone_on_with(world: World, mona: Caller) -> None:
    run = world.runs["sft"]
    refused = mona.post(f"runs/{run.pk}/cancel", status=409)
    assert refused["type"] == "conflict"
    Job.objects.filter(pk=run.job_id).update(state="queued")

    assert mona.post(f"runs/{run.pk}/cancel", status=200)["job"]["state"] == "cancelled"
    assert mona.post(f"runs/{run.pk}/retry", status=200)["job"]["state"] == "queued"
    assert mona.post(f"runs/{run.pk}/retry", status=409)["type"] == "conflict"


def add_metrics(run: Run, count: int) -> list[JobEvent]:
    return [
        JobEvent.objects.create(
            job=run.job,
            epoch=1,
            number=step,
            seconds=2.0 * step,
            kind="metric",
            data={"step": step, "values": {"loss": 1 / step, "accuracy": None}},
        )
        for step in range(1, count + 1)
    ]


def test_events_and_curves_come_in_pages_the_oldest_first(world: World, mona: Caller) -> None:
    run = world.runs["sft"]
    told = add_metrics(run, 3)

    whole = mona.get(f"runs/{run.pk}/events")
    states = [event for event in whole["items"] if event["kind"] == "state"]
    assert [event["id"] for event in whole["items"]] == sorted(e["id"] for e in whole["items"])
    assert [event["data"]["state"] for event in states] == ["queued", "succeeded"]
    first = mona.get(f"runs/{run.pk}/curves", limit=2)
    assert first["items"] == [
        {"step": 1, "seconds": 2.0, "values": {"loss": 1.0, "accuracy": None}},
        {"step": 2, "seconds": 4.0, "values": {"loss": 0.5, "accuracy": None}},
    ]
    rest = mona.get(f"runs/{run.pk}/curves", limit=2, cursor=first["next"])
    assert ([point["step"] for point in rest["items"]], rest["next"]) == ([3], None)
    since = mona.get(f"runs/{run.pk}/events", kind="metric", cursor=str(told[0].pk))
    assert [event["id"] for event in since["items"]] == [event.pk for event in told[1:]]


def test_the_log_is_text(world: World, mona: Caller) -> None:
    run = world.runs["sft"]
    JobEvent.objects.create(
        job=run.job, epoch=1, kind="log", data={"level": "info", "text": "Warm."}
    )

    log = mona("get", f"runs/{run.pk}/log")

    assert log["Content-Type"] == "text/plain; charset=utf-8"
    assert [line.partition(" ")[2] for line in log.content.decode().splitlines()] == [
        "-- queued",
        "-- succeeded",
        "info: Warm.",
    ]


@pytest.fixture
def reader() -> Iterator[None]:
    """The thread of the streams, whose connection is closed again."""
    yield
    feed.close()


@pytest.mark.django_db(transaction=True)
def test_a_run_is_followed_until_its_end(
    artifact_folders: None, world: World, mona: Caller, reader: None
) -> None:
    run = world.runs["sft"]
    path = mona.address(f"runs/{run.pk}/stream")
    first, second = run.job.events.order_by("pk")

    ((status, whole),) = read_at_once(1, path, mona.headers)
    ((_, rest),) = read_at_once(1, f"{path}?after={first.pk}", mona.headers)
    ((nothing, _),) = read_at_once(1, path, {**mona.headers, "Last-Event-ID": str(second.pk)})

    assert (status, nothing) == (200, 204)
    messages = whole.decode().split("\n\n")
    assert [message.split("\n")[0] for message in messages] == [
        "retry: 2000",
        f"id: {first.pk}",
        f"id: {second.pk}",
        "event: end",
        "",
    ]
    told = json.loads(messages[1].split("\n")[2].removeprefix("data: "))
    assert told == feed.as_dict(first)
    assert rest.decode().split("\n\n")[1] == messages[2]


def test_a_stream_ends_with_the_right_to_read_it(
    world: World, mona: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "close_old_connections", lambda: None)  # it is the test's own
    may_still_read = events.may_still_read
    token = ApiToken.objects.get().pk
    assert may_still_read(token, "kitchen") is True
    assert may_still_read(token, "elsewhere") is False
    world.project.memberships.filter(user=world.mona).update(role="reviewer")
    assert may_still_read(token, "kitchen") is False
    world.project.memberships.filter(user=world.mona).update(role="manager")
    ApiToken.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert may_still_read(token, "kitchen") is False
