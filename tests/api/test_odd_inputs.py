"""Bodies, encodings, queries and methods that nobody sends by mistake: each is refused in words."""

import gzip
import json
import time

import pytest
from django.test import Client

from core import limits
from labeling.models import Project, Prompt, Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project, make_prompt, make_task

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
JSON = "application/json"


@pytest.fixture
def mona():
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def send(api, body, *, method="POST", path="guidelines", media=JSON, **headers):
    """The status and the code of the answer to these bytes; always a problem."""
    address = f"/api/v1/projects/kitchen/{path}"
    sent = api.headers | headers
    response = Client().generic(method, address, body, media, headers=sent)
    assert response["Content-Type"] == PROBLEM, response.content
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"]
    assert problem["request_id"] == response["X-Request-ID"]
    return response.status_code, problem["type"]


BAD, UNFIT = (400, "bad_request"), (422, "bad_input")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"", (415, "media_type")),  # nothing, so of no type
        (b"{", BAD),
        (b"[]", UNFIT),
        (b'"text"', UNFIT),
        (b'{"text": "a"', BAD),
        (b'{"text": "a", "text": "b"}', BAD),
        (b'{"text": NaN}', BAD),
        (b'{"text": Infinity}', BAD),
        (b'{"text": -Infinity}', BAD),
        (b'{"text": 1e999}', BAD),
        (b'{"text": ' + b"9" * 5000 + b"}", BAD),
        (b'{"text": ' + b"9" * 41 + b"}", BAD),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", BAD),
        (b'{"text": ' + b"[" * 40 + b"]" * 40 + b"}", UNFIT),
        (b'{"text": "a\\u0000b"}', UNFIT),
        (b'{"text": "\\ud800"}', UNFIT),
        (b'{"\\ud800": "a"}', UNFIT),
        (b'{"a\\u0000": "a"}', UNFIT),
        (b'{"text": "\xff\xfe"}', BAD),
        ('{"text": "a"}'.encode("utf-16"), BAD),
        (b'{"text": "a", "project": 2}', UNFIT),
        (b'{"text": 5}', UNFIT),
        (b'{"text": true}', UNFIT),
        (b'{"text": null}', UNFIT),
        (b'{"text": ["a"]}', UNFIT),
        (json.dumps({"text": "a" * 100_001}).encode(), UNFIT),
        (json.dumps({"text": list(range(10_001))}).encode(), UNFIT),
    ],
)
def test_a_body_that_cannot_be_taken_changes_nothing(mona, body, answer):
    before = mona.get("settings")

    assert send(mona, body) == answer

    assert mona.get("settings") == before


def test_a_byte_order_mark_is_no_fault(mona):
    body = b'\xef\xbb\xbf{"text": "Be brief."}'

    made = Client().generic(
        "POST", "/api/v1/projects/kitchen/guidelines", body, JSON, headers=mona.headers
    )

    assert (made.status_code, made.json()["text"]) == (201, "Be brief.")


@pytest.mark.parametrize(
    "media",
    ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"],
)
def test_another_media_type_is_refused(mona, media):
    assert send(mona, b'{"text": "a"}', media=media)[0] == 415


def test_compressed_bodies_are_refused_unread(mona):
    bomb = gzip.compress(b'{"text": "' + b"a" * 10**6 + b'"}')

    assert send(mona, bomb, **{"Content-Encoding": "gzip"}) == (415, "media_type")


def test_a_body_that_is_too_large_is_refused_as_a_problem(mona):
    body = json.dumps({"text": "a" * limits.SIGNED_IN}).encode()

    assert send(mona, body) == (413, "too_large")


def test_what_takes_no_body_is_sent_none(mona):
    assert send(mona, b'{"force": true}', path="archive") == BAD
    assert Project.objects.get().archived_at is None


@pytest.mark.parametrize("name", ["is_staff", "role", "annotator", "created_at", "withdrawn_at"])
def test_fields_that_are_not_offered_are_refused_not_overlooked(mona, name):
    row = make_prompt(mona.project, "Why?")
    body = json.dumps({"use_case": "chat", name: "1"}).encode()

    assert send(mona, body, method="PATCH", path=f"prompts/{row.pk}") == UNFIT
    assert Prompt.objects.get().use_case == ""


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("limit=0", UNFIT),
        ("limit=-1", UNFIT),
        ("limit=1000000000", UNFIT),
        ("limit=ten", UNFIT),
        ("limit=1e2", UNFIT),
        ("limit=10&limit=20", BAD),
        ("offset=-1", BAD),
        ("page=2", BAD),
        ("ordering=user__password", BAD),
        ("annotator__password__startswith=a", BAD),
        ("_connector=OR", BAD),
        ("%00=1", BAD),
        ("a%22%3B--=1", BAD),
        ("cursor=-1", BAD),
        ("cursor=", BAD),
        ("cursor=abc", BAD),
        ("cursor=9223372036854775808", BAD),
        ("cursor=%D9%A3", BAD),
        ("cursor=" + "1" * 300, UNFIT),
        ("q=%00", UNFIT),
        ("q=" + "a" * 10_000, UNFIT),
        ("language=%00", UNFIT),
        ("imported=99999999999999999999", UNFIT),
    ],
)
def test_a_query_that_cannot_be_taken_is_refused(mona, query, answer):
    assert send(mona, b"", method="GET", path=f"prompts?{query}") == answer


def test_search_takes_signs_as_they_are_and_is_quick(mona):
    make_prompt(mona.project, "100% of _x_")

    began = time.monotonic()
    found = [
        len(mona.get(f"prompts?q={q}")["items"]) for q in ("%25", "_x_", "%25%25", "(a%2B)%2B")
    ]

    assert found == [1, 1, 0, 0]
    assert time.monotonic() - began < 2


def test_pages_follow_each_other_to_the_end_and_no_further(mona):
    keys = [make_prompt(mona.project, f"{n}?").pk for n in range(5)]
    seen, cursor = [], ""

    for _page in range(3):
        page = mona.get(f"prompts?limit=2{cursor}")
        seen += [row["id"] for row in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert (seen, page["next"]) == (keys[::-1], None)
    assert mona.get("prompts?cursor=1&limit=200") == {"items": [], "next": None}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "HEAD", "X-Y"])
def test_methods_that_are_none_of_an_address_answer_405(mona, method):
    sent = mona.headers | {"X-HTTP-Method-Override": "POST"}
    response = Client().generic(method, "/api/v1/projects/kitchen/guidelines", headers=sent)

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


def test_a_last_slash_too_many_is_another_address(mona):
    assert send(mona, b'{"text": "a"}', path="guidelines/")[0] == 404


@pytest.mark.parametrize("points", ["5", True, 4.5, 99])
def test_a_rating_is_a_whole_number_of_its_scale(mona, points):
    make_task(mona.project, "rating", texts=["Six."])
    taken = mona("post", "assignments", {}).json()
    rated = {"completion": taken["texts"][0]["id"], "scales": {"overall": points}, "flags": []}

    answer = mona("post", f"assignments/{taken['id']}/answer", {"answer": {"ratings": [rated]}})

    assert (answer.status_code, answer.json()["type"]) == UNFIT


@pytest.mark.parametrize("change", ["twice", "missing", "foreign", "text"])
def test_a_ranking_holds_each_of_its_texts_once(mona, change):
    foreign = make_task(make_project("other"), "ranking", texts=["c", "d"]).completion_ids
    make_task(mona.project, "ranking", texts=["a", "b"])
    taken = mona("post", "assignments", {}).json()
    a, b = (text["id"] for text in taken["texts"])
    tiers = {
        "twice": [[a], [a, b]],
        "missing": [[a]],
        "foreign": [[a], [b], foreign],
        "text": [[a], [str(b)]],
    }[change]

    path = f"assignments/{taken['id']}/answer"
    answer = mona("post", path, {"answer": {"tiers": tiers, "unacceptable": []}})

    assert (answer.status_code, answer.json()["type"]) == UNFIT
    right = mona("post", path, {"answer": {"tiers": [[a, b]], "unacceptable": []}})
    assert right.status_code == 201


def test_rows_of_another_project_are_not_there_wherever_they_are_named(mona):
    other = make_project("other")
    prompt, task = make_prompt(other, "Why?"), make_task(other)

    assert send(mona, b"", method="GET", path=f"prompts/{prompt.pk}")[0] == 404
    assert send(mona, b"{}", method="PATCH", path=f"tasks/{task.pk}")[0] == 404
    assert mona.get(f"answers?task={task.pk}")["items"] == []
    accepted = mona("post", "proposals/accept", {"proposals": [10**9]}).json()
    assert accepted == {"accepted": [], "known": [], "gone": 0}
