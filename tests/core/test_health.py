"""Health: the truth within a second, and what is known of late without waiting."""

import threading

import pytest
from django.db import connections
from django.test import Client

from core import health
from core.health import Probe


def test_healthz_needs_neither_database_nor_broker_whoever_asks():
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.fixture
def patient(monkeypatch):
    """A busy machine may take its time to connect."""
    monkeypatch.setattr(health, "WITHIN", 20.0)


@pytest.mark.django_db
@pytest.mark.usefixtures("patient")
def test_readyz_is_ok_with_database_and_broker(client, valkey_url):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": True, "broker": True}


@pytest.mark.django_db
@pytest.mark.usefixtures("patient")
def test_readyz_is_degraded_not_dead_without_a_broker(client, monkeypatch):
    from celery import current_app

    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": True, "broker": False}


@pytest.mark.django_db
@pytest.mark.usefixtures("patient")
def test_readyz_is_down_without_a_database(client, monkeypatch, valkey_url):
    monkeypatch.setitem(connections.settings["default"], "PORT", "1")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": False, "broker": True}


@pytest.fixture
def frozen(monkeypatch):
    """A server that answers when the event is set, and the questions that it got."""
    monkeypatch.setattr(health, "WITHIN", 0.05)
    monkeypatch.setattr(health, "RECENT", 0.0)
    thawed, asked = threading.Event(), []

    def ask():
        asked.append(True)
        return thawed.wait(20)

    yield Probe("server", ask), thawed, asked
    thawed.set()


def test_a_server_that_does_not_answer_is_away_and_is_asked_once(frozen):
    probe, thawed, asked = frozen

    assert (probe.answered(), probe.answers(), probe.answers()) == (True, False, False)
    assert (probe.answered(), len(asked)) == (False, 1)

    thawed.set()
    probe.begin().result(20)
    assert probe.answers() is True
    assert probe.answered() is True


def test_a_question_that_fails_is_an_answer_too(caplog):
    def ask():
        raise ZeroDivisionError

    assert Probe("server", ask).answers() is False
    assert "the server could not be asked" in caplog.text


def test_what_is_known_of_late_costs_no_question():
    asked = []
    probe = Probe("server", lambda: bool(asked.append(True)) or True)
    probe.answers()

    assert [probe.answered() for _ in range(9)] == [True] * 9
    assert len(asked) == 1
