"""Requests: what they carry, when they are sent again, how refusals are told."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from rondo_client import errors
from rondo_client.extended.exports import ExportsApi
from rondo_client.retrying import Retrying
from rondo_client.transport import Transport

URL = "https://rondo.example.org"
Handler = Callable[[httpx.Request], httpx.Response]


def problem(status: int, **more: object) -> httpx.Response:
    body = {"type": "word", "title": "T", "status": status, "detail": "Do this.", "errors": []}
    return httpx.Response(status, json={**body, "request_id": "r1", **more})


class Script(httpx.BaseTransport):
    """Answers with one of `answers` after the other; an exception is raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.left = list(answers)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def transport(script: Script, waits: list[float] | None = None, **more: object) -> Transport:
    sleep = (waits if waits is not None else []).append
    retrying = Retrying(sleep=sleep, chance=lambda: 1.0, **more)  # type: ignore[arg-type]
    return Transport(URL, "rondo_secret", http=script, retrying=retrying)


def test_a_request_carries_the_token_and_only_the_parameters_that_were_given() -> None:
    script = Script(httpx.Response(200, json={"a": 1}))

    found = transport(script).json("GET", "/projects", params={"limit": 5, "cursor": None})

    (request,) = script.requests
    assert found == {"a": 1}
    assert str(request.url) == f"{URL}/api/v1/projects?limit=5"
    assert request.headers["Authorization"] == "Bearer rondo_secret"
    assert "Idempotency-Key" not in request.headers


def test_what_the_server_cannot_do_now_is_asked_again_later_each_time() -> None:
    waits: list[float] = []
    script = Script(
        problem(503), httpx.ConnectError("no"), problem(502), httpx.Response(200, json=[])
    )

    assert transport(script, waits).json("GET", "/projects") == []
    assert waits == [0.5, 1.0, 2.0]


class Breaking(httpx.SyncByteStream):
    """A body of which the connection loses the end."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        raise httpx.RemoteProtocolError("peer closed connection")


def test_an_answer_that_breaks_within_is_asked_for_again() -> None:
    waits: list[float] = []
    broken = (httpx.Response(200, stream=Breaking(b'{"a":')) for _ in range(2))
    script = Script(*broken, httpx.Response(201, json={"a": 1}))

    assert transport(script, waits).json("POST", "/projects", json={}) == {"a": 1}

    assert waits == [0.5, 1.0]
    assert len({request.headers["Idempotency-Key"] for request in script.requests}) == 1
    script.left = [httpx.Response(200, stream=Breaking(b"[")) for _ in range(5)]
    with pytest.raises(errors.UnreachableError, match="peer closed connection"):
        transport(script).json("GET", "/projects")


def test_rows_that_break_off_are_an_error_of_ours() -> None:
    script = Script(httpx.Response(200, stream=Breaking(b'{"n": 1}\n{"n"', b": 2}\n{")))
    rows = ExportsApi(transport(script)).rows("kitchen", "prompts")

    assert [next(rows), next(rows)] == [{"n": 1}, {"n": 2}]
    with pytest.raises(errors.UnreachableError, match=r"broke after 2 rows\. Begin again"):
        next(rows)


def test_a_server_says_itself_when_to_come_again() -> None:
    waits: list[float] = []
    answer = problem(429)
    answer.headers["Retry-After"] = "7"

    assert transport(Script(answer, httpx.Response(200, json=1)), waits).json("GET", "/x") == 1
    assert waits == [7.0]


def test_who_would_wait_too_long_is_told_how_long() -> None:
    waits: list[float] = []
    answer = problem(429)
    answer.headers["Retry-After"] = "3600"

    with pytest.raises(errors.TooManyError) as raised:
        transport(Script(answer), waits).json("GET", "/x")

    assert (raised.value.retry_after, waits) == (3600.0, [])


def test_every_try_of_a_post_has_the_same_key_and_another_post_has_another() -> None:
    script = Script(
        httpx.ReadTimeout("lost"), httpx.Response(201, json={}), httpx.Response(201, json={})
    )
    sender = transport(script)

    sender.json("POST", "/projects", json={"name": "Kitchen"})
    sender.json("POST", "/projects", json={"name": "Kitchen"})

    first, again, other = (request.headers["Idempotency-Key"] for request in script.requests)
    assert first == again != other
    assert [json.loads(r.content) for r in script.requests] == [{"name": "Kitchen"}] * 3


def test_the_twin_of_a_request_that_is_being_done_waits_for_it() -> None:
    waits: list[float] = []
    twin = problem(409)
    twin.headers["Retry-After"] = "1"

    assert transport(Script(twin, httpx.Response(201, json=2)), waits).json("POST", "/x") == 2
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.NoTokenError),
        (403, errors.NotAllowedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (413, errors.TooLargeError),
        (418, errors.ApiError),
        (422, errors.BadInputError),
        (500, errors.ServerError),
    ],
)
def test_a_refusal_is_raised_at_once_as_its_kind(status: int, kind: type[Exception]) -> None:
    waits: list[float] = []
    errors_ = [{"field": "name", "message": "too long"}]

    with pytest.raises(errors.ApiError) as raised:
        transport(Script(problem(status, errors=errors_)), waits).json("GET", "/x")

    error = raised.value
    assert type(error) is kind
    assert str(error) == "Do this.\n  name: too long"
    assert (error.status, error.code, error.request_id) == (status, "word", "r1")
    assert (error.errors, waits) == ({"name": "too long"}, [])


def test_a_server_that_never_answers_is_said_to_be_away() -> None:
    waits: list[float] = []
    script = Script(*[httpx.ConnectError("refused")] * 3)

    with pytest.raises(errors.UnreachableError, match=r"does not answer \(refused\)"):
        transport(script, waits, tries=3).json("GET", "/x")

    assert len(waits) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, text="<html>"), "something other than JSON"),
        (httpx.Response(404, text="<html>"), "answered 404 without a problem"),
        (
            httpx.Response(301, headers={"Location": "https://o/"}),
            "sends requests on to https://o/",
        ),
    ],
)
def test_what_is_no_rondo_is_told_apart(answer: httpx.Response, said: str) -> None:
    with pytest.raises(errors.AnswerError, match=said):
        transport(Script(answer)).json("GET", "/x")


def test_every_error_has_a_place_in_the_tree() -> None:
    written = errors.__doc__ or ""
    kinds = [
        k for k in vars(errors).values() if isinstance(k, type) and k.__name__.endswith("Error")
    ]

    assert all(issubclass(kind, errors.RondoError) for kind in kinds)
    assert [kind.__name__ for kind in kinds if kind.__name__ not in written] == []
