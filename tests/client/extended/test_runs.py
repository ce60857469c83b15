"""Waiting for runs and rounds, and following them, at a server that is a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from rondo_client import Client
from rondo_client.errors import RunEndedError
from tests.client.changing import Change, Changing


def job(**fields: Any) -> Change:
    return lambda run: run["job"].update(fields)


def runs(*states: str) -> Change:
    def change(page: dict[str, Any]) -> None:
        (row,) = page["items"]
        page["next"] = None
        page["items"] = [
            {**row, "id": 9 - n, "stage": f"stage{n}", "job": {**row["job"], "state": state}}
            for n, state in enumerate(states)
        ]

    return change


def progress(waiting: int, given: int) -> Change:
    def change(found: dict[str, Any]) -> None:
        found.update(wanted=6, given=given)
        found["kinds"][0]["waiting"] = waiting

    return change


@pytest.fixture
def serve() -> Callable[..., Client]:
    openapi = Browser().get("/api/v1/openapi.json").json()

    def serve_(**changes: list[Change]) -> Client:
        return Client("https://rondo.example.org", "t", http=Changing(openapi, **changes))

    return serve_


def test_a_run_is_waited_for_to_its_end(serve: Callable[..., Client]) -> None:
    told: list[tuple[str, int, int | None]] = []
    client = serve(
        read_run=[
            job(state="queued", step=0, total_steps=0, phase="", eta_seconds=None),
            job(state="running", step=3, total_steps=9, phase="training", eta_seconds=12.4),
            job(state="succeeded", step=9, total_steps=9, phase="", eta_seconds=None),
        ]
    )

    found = client.runs.wait("kitchen", 7, poll=0, watch=lambda *said: told.append(said))

    assert found.job.state == "succeeded"
    assert [(text.split(": ")[1], done, total) for text, done, total in told] == [
        ("queued", 0, None),
        ("running (training), 12 s left", 3, 9),
        ("succeeded", 9, 9),
    ]


def test_a_run_that_fails_says_why_and_what_can_be_done(serve: Callable[..., Client]) -> None:
    client = serve(read_run=[job(state="failed", error="Out of memory.", explanation="Take less.")])

    with pytest.raises(RunEndedError) as raised:
        client.runs.wait("kitchen", 7, poll=0)

    assert "failed: Out of memory. Take less." in str(raised.value)
    assert "rondo runs retry kitchen" in str(raised.value)


def test_following_tells_each_event_once_until_the_end(serve: Callable[..., Client]) -> None:
    def events(*ids: int) -> Change:
        def change(page: dict[str, Any]) -> None:
            (row,) = page["items"]
            page.update(items=[{**row, "id": id_} for id_ in ids], next=None)

        return change

    client = serve(
        read_run=[job(state="running"), job(state="running"), job(state="succeeded")],
        list_run_events=[events(1, 2), events(), events(3), events()],
    )

    assert [event.id for event in client.runs.follow("kitchen", 7, poll=0)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("until", "reads", "lists", "looks"),
    [
        ("texts", [progress(2, 0), progress(0, 0)], [runs("running")], 2),
        ("answers", [progress(0, 5), progress(0, 5), progress(0, 6)], [runs("queued")], 3),
        ("runs", [progress(9, 0)], [runs("waiting", "running"), runs("succeeded")], 2),
    ],
)
def test_a_round_is_waited_for_until_what_was_asked(
    serve: Callable[..., Client], until: Any, reads: list[Change], lists: list[Change], looks: int
) -> None:
    told: list[str] = []
    client = serve(read_round=reads, list_runs=lists)

    client.rounds.wait(
        "kitchen", 1, until=until, poll=0, watch=lambda text, done, total: told.append(text)
    )

    assert len(told) == looks


def test_a_round_whose_run_failed_is_not_waited_for(serve: Callable[..., Client]) -> None:
    client = serve(read_round=[progress(0, 0)], list_runs=[runs("waiting", "failed")])

    with pytest.raises(RunEndedError, match=r"Run 8 \(stage1\) of round 1 failed"):
        client.rounds.wait("kitchen", 1, poll=0)
