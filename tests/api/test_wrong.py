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
