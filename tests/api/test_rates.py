"""How many requests a token may make: counted in Valkey, said in headers."""

import pytest
from celery import current_app

from api import rates
from tests.api.kitchen import bearer
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counting(valkey_url, monkeypatch):
    monkeypatch.setattr(rates, "_asked_again_at", 0.0)
    rates._client.cache_clear()


def test_each_answer_says_what_is_left_and_beyond_it_one_waits(client, settings):
    settings.API_REQUESTS_A_MINUTE = 2
    ada, rita = bearer(make_user("Ada")), bearer(make_user("Rita"))

    answers = [client.get("/api/v1/projects", headers=ada) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == [
        '"token";r=1',
        '"token";r=0',
        '"token";r=0',
    ]
    last = answers[-1]
    assert last["RateLimit-Policy"] == '"token";q=2;w=60'
    assert last["Retry-After"] == last["RateLimit"].partition(";t=")[2]
    assert 1 <= int(last["Retry-After"]) <= 60
    assert last.json()["type"] == "too_many"
    assert client.get("/api/v1/projects", headers=rita).status_code == 200


def test_refusals_count_as_well(client):
    head = bearer(make_user("Ada"))

    answer = client.get("/api/v1/projects/nowhere", headers=head)

    assert answer.status_code == 404
    assert answer["RateLimit"].startswith('"token";r=1199;t=')


def test_without_valkey_nobody_is_refused_and_it_is_left_in_peace(client, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    head = bearer(make_user("Ada"))

    answer = client.get("/api/v1/projects", headers=head)

    assert (answer.status_code, "RateLimit" in answer) == (200, False)
    monkeypatch.setattr(rates, "_client", None)  # asked again now it would fail
    assert client.get("/api/v1/projects", headers=head).status_code == 200
