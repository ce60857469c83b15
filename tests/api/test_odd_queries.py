"""Whatever a parameter of a query says is answered or refused, and never fails the database."""

from typing import Any

import pytest
from django.urls import reverse
from ninja.operation import Operation

from api.api import api
from config.pages import Pages
from tests.access.rules import RULES
from tests.access.wire import Request, send, signed_in

pytestmark = pytest.mark.django_db
ODD = ["%00", "a%00b", "%ED%A0%80", "-1", "9" * 20, "0001-01-01", "9999-12-31", "1e999", "NaN"]


def parameters(operation: Operation) -> list[str]:
    return [
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    ]


ASKED = {name: found for name, each in api.operations().items() if (found := parameters(each))}


@pytest.mark.parametrize("name", ASKED)
def test_no_parameter_fails_in_the_database(name: str, scene: Any, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    rule, pages = RULES[f"api:{name}"], Pages()
    path = reverse(f"api:{name}", kwargs=scene.keys[rule.sign]).encode()
    level = "annotator" if rule.level == "owner" else "admin"
    token = signed_in(scene.people[level], api=True)

    statuses = {
        f"{parameter}={odd}": send(
            pages, Request(path, rule.method, f"{parameter}={odd}".encode(), token)
        ).status
        for parameter in ASKED[name]
        for odd in ODD
    }

    assert {asked: s for asked, s in statuses.items() if s >= 500 or s in {401, 403, 404}} == {}
