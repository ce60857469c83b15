"""Fields that are wrong are told in words of our own, in the reader's language."""

import pytest

from labeling.models import Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sent", "english", "chinese"),
    [
        ({}, "is missing", "缺失"),
        ({"text": 5}, "must be a text", "必须是文本"),
        ({"text": "a", "to": 1}, "is not a field here", "不是此处的字段"),
        (
            {"text": "a" * 60_000},
            "is longer than 50000 characters",
            "超过 50000 个字符",
        ),
    ],
)
def test_a_field_that_is_wrong(sent, english, chinese):
    project = make_project("kitchen")
    mona = Caller(make_member(project, "Mona", Role.MANAGER), project)

    def said(language):
        mona.headers["Accept-Language"] = language
        answer = mona("post", "guidelines", sent)
        assert answer.status_code == 422
        return [part["message"] for part in answer.json()["errors"]]

    assert (said("en"), said("zh-hans")) == ([english], [chinese])


@pytest.mark.parametrize(
    ("path", "query", "english", "chinese"),
    [
        (
            "exports/nothing.jsonl",
            {},
            "must be one of preferences, ",
            "必须是以下之一：preferences, ",
        ),
        (
            "exports/prompts.jsonl",
            {"kind": "x"},
            "must be one of ranking, ",
            "必须是以下之一：ranking, ",
        ),
        ("models", {"kind": "x"}, "must be one of 'base', ", "必须是以下之一：'base', "),
        ("exports/rankings.jsonl", {"since": "x"}, "must be a date: 2026", "必须是日期：2026"),
    ],
)
def test_a_word_that_is_no_choice(path, query, english, chinese):
    project = make_project("kitchen")
    mona = Caller(make_member(project, "Mona", Role.MANAGER), project)

    def said(language):
        mona.headers["Accept-Language"] = language
        (error,) = mona("get", path, data=query).json()["errors"]
        return error["message"]

    assert said("en").startswith(english)
    assert said("zh-hans").startswith(chinese)


@pytest.mark.parametrize(
    ("body", "english"),
    [
        ({"tasks": {"ranking": 1}, "temperature": "hot"}, "must be a number"),
        ({"tasks": {"ranking": 1}, "human_texts": "yes"}, "must be true or false"),
    ],
)
def test_numbers_and_flags(body, english):
    project = make_project("kitchen")
    mona = Caller(make_member(project, "Mona", Role.MANAGER), project)

    (error,) = mona("post", "rounds", body).json()["errors"]

    assert error["message"] == english


def test_a_time_has_a_zone():
    project = make_project("kitchen")
    mona = Caller(make_member(project, "Mona", Role.MANAGER), project)

    for time in ("2026-11-27T08:00:00", "today", "2026-11-31T08:00:00Z"):
        (error,) = mona("post", "webhooks/1/replay", {"failed_since": time}).json()["errors"]
        assert error["message"] == "must be a time with its zone: 2026-11-27T08:00:00Z", time
