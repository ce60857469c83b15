"""What holds for each operation: places of lists, long words, methods, slashes (B50 to B52)."""

import time
from typing import Any

import pytest
from django.urls import reverse

from api.api import api
from config.pages import Pages
from tests.access.rules import RULES
from tests.access.wire import Answer, Request, send, signed_in
from tests.api.test_odd_queries import ASKED

pytestmark = pytest.mark.django_db
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"]
OPERATIONS = api.operations()
LISTS = [name for name, names in ASKED.items() if {"cursor", "limit"} <= {*names}]
QUICK = 5.0  # seconds for an answer of this machine, which does much else


def path_of(name: str, scene: Any) -> bytes:
    return reverse(f"api:{name}", kwargs=scene.keys[RULES[f"api:{name}"].sign]).encode()


class Asker:
    """Sends requests of who may do an operation, with one token for all of them."""

    def __init__(self, name: str, scene: Any) -> None:
        self.rule, self.path = RULES[f"api:{name}"], path_of(name, scene)
        level = "annotator" if self.rule.level == "owner" else "admin"
        self.token = signed_in(scene.people[level], api=True)

    def __call__(self, query: str) -> Answer:
        sent = Request(self.path, self.rule.method, query.encode(), self.token)
        return send(Pages(), sent)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9


def test_there_are_lists_and_words() -> None:
    assert len(OPERATIONS) > 130
    assert len(LISTS) > 15


@pytest.mark.parametrize("name", LISTS)
def test_a_page_has_a_bound_and_a_place(name: str, scene: Any) -> None:
    asked = {
        **dict.fromkeys(["limit=1000000000", "limit=201", "limit=0", "limit=-1", "limit=a"], 422),
        **dict.fromkeys(["offset=-1", "page=1", "cursor=-1", "cursor=x", "cursor=1&cursor=2"], 400),
        "cursor=9223372036854775808": 400,
        "cursor=" + "1" * 300: 422,
        "limit=1": 200,
        "cursor=9223372036854775807&limit=200": 200,
    }

    ask = Asker(name, scene)
    assert {query: ask(query).status for query in asked} == asked


@pytest.mark.parametrize("name", ASKED)
def test_a_word_of_ten_kilobytes_is_answered_or_refused_soon(name: str, scene: Any) -> None:
    ask, began = Asker(name, scene), time.monotonic()

    for word in ("a" * 10_000, "%25" * 3_000, "(a%2B)%2B" * 1_000, "%5C" * 3_000):
        for parameter in ASKED[name]:
            answer = ask(f"{parameter}={word}")
            assert answer.status in {400, 415, 422}, (parameter, answer.status)

    assert time.monotonic() - began < QUICK * len(ASKED[name])


@pytest.mark.parametrize("name", OPERATIONS)
def test_other_methods_and_a_last_slash_do_nothing(name: str, scene: Any) -> None:
    path = path_of(name, scene)
    siblings = {
        RULES[f"api:{other}"].method for other in OPERATIONS if path_of(other, scene) == path
    }
    token = signed_in(scene.people["admin"], api=True)
    override = ((b"x-http-method-override", RULES[f"api:{name}"].method.encode()), *token)

    for method in METHODS:
        if method in siblings or (method == "HEAD" and "GET" in siblings):
            continue
        answer = send(Pages(), Request(path, method, headers=override))
        assert (answer.status, answer.headers["allow"]) == (405, ", ".join(sorted(siblings)))
    slashed = send(Pages(), Request(path + b"/", RULES[f"api:{name}"].method, headers=token))
    assert slashed.status == 404
