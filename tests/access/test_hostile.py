"""Requests that were a fault of the server once: each has an answer that says what is wrong."""

import json
from itertools import product

import pytest
from django.urls import reverse

from config.pages import Pages
from tests.access.hostile import COOKIES
from tests.access.rules import RULES
from tests.access.wire import Request, send, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scene")]

ODD_COOKIES = [
    rb'"aaaaaaaaaaaa\000aaaa"', rb'"\355\240\200aaaaaaaaa"', b"a" * 400, b"\xff\xfeaaaaaaaa",
]  # fmt: skip
ODD_CHARSETS = [
    "bz2_codec", "zip", "hex", "rot13", "idna", "punycode", "undefined", "utf-7", "latin-1", "odd",
]  # fmt: skip


def text_of(answer):
    text = answer.content.decode()
    return json.loads(text)["detail"] if "json" in answer.headers["content-type"] else text


@pytest.mark.parametrize("value", ODD_COOKIES)
def test_a_cookie_that_cannot_be_is_as_none(scene, value):
    """A quoted cookie may hold any byte, NUL too, which no column of the database takes.

    All cookies are odd at once, so that whichever an address reads is; on some, also each alone.
    """
    pages, odd = Pages(), [name.encode() + b"=" + value for name in COOKIES]
    paths = [reverse(n, kwargs=scene.keys[r.sign]).encode() for n, r in RULES.items()]
    alone = [b"/accounts/login/", b"/api/v1/projects", b"/static/x", b"/nowhere/"]
    tries = [(path, b"; ".join(odd)) for path in [*paths, *alone]]
    for path, cookie in [*tries, *product(alone, odd)]:
        usual = send(pages, Request(path)).status
        sent = Request(path, headers=((b"cookie", cookie),))
        assert (path, cookie, send(pages, sent).status) == (path, cookie, usual)


@pytest.mark.parametrize("charset", ODD_CHARSETS)
@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=B", "application/x-www-form-urlencoded", "application/json"],
)
def test_another_charset_than_utf_8_is_refused(scene, charset, content_type):
    body = b'--B\r\nContent-Disposition: form-data; name="login"\r\n\r\na\r\n--B--\r\n'
    for form in ("; charset=%s", '; charset="%s"'):
        header = (content_type + form % charset).encode()
        for path in (b"/accounts/login/", b"/api/v1/projects"):
            headers = (*signed_in(None, api=False), (b"content-type", header))
            sent = Request(path, "POST", b"q=%41", headers, body)
            answer = send(Pages(), sent)
            assert answer.status == 415
            assert f"“{charset}”" in (text_of(answer))


def test_a_charset_within_a_parameter_is_refused():
    header = (b"content-type", b"text/plain; a*=nonsense''b")
    assert send(Pages(), Request(b"/accounts/login/", headers=(header,))).status == 415


@pytest.mark.parametrize("said", ["UTF-8", '"utf-8"', "utf8", "us-ascii"])
def test_utf_8_may_be_named(said):
    header = (b"content-type", f"text/plain; charset={said}".encode())
    assert send(Pages(), Request(b"/accounts/login/", headers=(header,))).status == 200


@pytest.mark.parametrize("slug", [b"%00", b"a%00b", b"%ED%A0%80", b"%FF", b"a%20b"])
def test_no_project_has_such_a_name(scene, slug):
    headers = signed_in(scene.people["manager"], api=True)
    for path in (b"/api/v1/projects/%s", b"/api/v1/projects/%s/exports/prompts.jsonl"):
        answer = send(Pages(), Request(path % slug, headers=headers))
        assert answer.status == 404


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"\\ud800": 1}', "“\\ud800” cannot be stored"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "the object has the key “\\ud800” twice"),
        (b'{"a\\u0000\\u202eb": 1}', "“a\\x00\\u202eb” cannot be stored"),
        (b'{"\xe9\xb8\xa1": "\\u0000"}', "“鸡” cannot be stored"),
    ],
)
def test_a_key_that_no_page_can_hold_is_named_by_its_escape(scene, line, said):
    path = reverse("prompts_import", kwargs=scene.keys["project"]).encode()
    head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
    headers = (
        *signed_in(scene.people["manager"], api=False),
        (b"content-type", b"multipart/form-data; boundary=B"),
    )
    answer = send(Pages(), Request(path, "POST", b"", headers, head + line + b"\r\n--B--"))
    assert answer.status == 422
    assert said in answer.content.decode()
