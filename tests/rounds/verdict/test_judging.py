"""A language model as a judge: asked in both orders, held against people, never added to them."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rounds.models import Opinion, Verdict
from rounds.verdict.asking import ask
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated
from tests.factories import make_member
from tests.rounds.verdict.voting import vote_all
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_world

ADDRESS = "/projects/kitchen/verdict/"


class Server:
    """Answers by `says`, from answer A and answer B; `status` other than 200 is a failure."""

    def __init__(self) -> None:
        self.says: Callable[[str, str], str] = lambda first, second: "TIE"
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str | None] = set()
        judge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                judge.asked.append({"path": self.path, **body})
                judge.keys.add(self.headers["Authorization"])
                text = body["messages"][-1]["content"]
                first = text.partition("=== Answer A ===")[2].partition("=== Answer B")[0]
                second = text.partition("=== Answer B ===")[2]
                said = judge.says(first, second)
                reply = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
                self.send_response(judge.status)
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A judge that is set up."""
    made = Server()
    settings.JUDGE_URL = f"http://127.0.0.1:{made.http.server_address[1]}/v1"
    settings.JUDGE_MODEL, settings.JUDGE_KEY = "wise-1", "secret"
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def world(db: None) -> World:
    """All tasks but those of votes are done."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    return world


def asked(world: World, **fields: Any) -> None:
    versions = evaluated(world.project)
    ask(
        project=world.project,
        by=world.mona,
        **{"versions": versions, "prompts": 12, "is_judged": True, **fields},
    )


def judged(world: World) -> dict[str, Any]:
    assert refresh(world.project.pk)
    return Verdict.objects.get().figures["judged"]


def newer_wins(first: str, second: str) -> str:
    return "I prefer this: A" if "policy" in first else "B"


def test_it_is_asked_in_both_orders_and_stands_apart(world: World, server: Server) -> None:
    server.says = newer_wins
    asked(world)

    found = judged(world)

    assert (found["judge"], found["votes"], found["counts"]) == ("wise-1, rubric 1", 0, False)
    assert [(p["prompts"], p["rate"]["value"]) for p in found["pairs"]] == [(12, 1.0)]
    assert found["consistency"]["value"] == 1.0
    assert len(server.asked) == 24
    assert {each["path"] for each in server.asked} == {"/v1/chat/completions"}
    assert server.keys == {"Bearer secret"}
    assert Verdict.objects.get().figures["pairs"] == []  # nothing of it is a vote
    judged(world)
    assert len(server.asked) == 24  # each question once


def test_a_verdict_that_flips_with_the_sides_is_a_tie(world: World, server: Server) -> None:
    server.says = lambda first, second: "A"
    asked(world)

    found = judged(world)

    assert [p["rate"]["value"] for p in found["pairs"]] == [0.5]
    assert found["consistency"]["value"] == 0.0


def test_nobody_is_asked_whom_no_manager_named(world: World, server: Server) -> None:
    asked(world, is_judged=False)

    assert judged(world) == {}
    assert server.asked == []


def test_where_the_server_fails_the_votes_are_counted_and_it_is_asked_again(
    world: World, server: Server
) -> None:
    server.status = 503
    asked(world)
    vote_all(world.project, world.ada, lambda one, other: 1)

    assert judged(world) == {}
    verdict = Verdict.objects.get()
    assert (verdict.figures["pairs"][0]["wins"], verdict.is_stale) == (12, True)

    server.status, server.says = 200, newer_wins
    assert judged(world)["accuracy"]["value"] == 1.0
    assert Opinion.objects.count() == 12


@pytest.mark.parametrize(("said", "counts"), [(newer_wins, True), (lambda a, b: "TIE", False)])
def test_it_counts_after_a_hundred_votes_if_it_agrees_as_people_do(
    world: World, server: Server, said: Callable[[str, str], str], *, counts: bool
) -> None:
    server.says = said
    asked(world, votes=9)
    for number in range(9):
        person = make_member(world.project, f"Voter {number}")
        vote_all(world.project, person, lambda one, other: 1)

    found = judged(world)

    assert (found["votes"], found["counts"]) == (108, counts)
    assert (found["people"]["value"], found["accuracy"]["value"]) == (1.0, 1.0 if counts else 0.5)


def test_the_page_names_the_server_and_says_whether_it_counts(world: World, server: Server) -> None:
    server.says = newer_wins
    client = signed_in(world.mona)
    assert "wise-1, rubric 1 at 127.0.0.1 is sent" in client.get(ADDRESS).content.decode()
    versions = [version.pk for version in evaluated(world.project)]
    form = {"versions": versions, "prompts": 12, "votes": 1, "effect": 60, "is_judged": "on"}
    client.post(ADDRESS, form)
    judged(world)

    page = " ".join(client.get(ADDRESS).content.decode().split())

    assert "people have given 0 of 100 blind votes on what it judged" in page
    assert "of 12 pairs, each asked in both orders; what flips is a tie" in page


def test_without_a_server_nothing_of_it_is_shown(world: World) -> None:
    assert "Ask a language model" not in signed_in(world.mona).get(ADDRESS).content.decode()
