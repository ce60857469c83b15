"""Lists in settings: what is written, nothing, and what is wrong."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

WORDS = ("tensorboard", "mlflow")


def test_lists_are_separated_by_commas_and_empty_where_nothing_is_set(monkeypatch) -> None:
    monkeypatch.delenv("NETS", raising=False)
    assert (env.networks("NETS"), env.some_of("NETS", WORDS)) == ([], [])

    monkeypatch.setenv("NETS", "10.0.0.0/8, ::1/128")
    assert env.networks("NETS") == [ip_network("10.0.0.0/8"), ip_network("::1/128")]
    monkeypatch.setenv("NETS", "mlflow,tensorboard")
    assert env.some_of("NETS", WORDS) == ["mlflow", "tensorboard"]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "everywhere", "10.0.0.0/33"])
def test_what_is_no_network_does_not_start(monkeypatch, value: str) -> None:
    monkeypatch.setenv("NETS", value)

    with pytest.raises(ImproperlyConfigured, match="NETS: write networks as"):
        env.networks("NETS")


def test_a_word_that_is_not_known_does_not_start(monkeypatch) -> None:
    monkeypatch.setenv("NETS", "mlflow,wandb")

    with pytest.raises(ImproperlyConfigured, match="'wandb': write any of tensorboard, mlflow"):
        env.some_of("NETS", WORDS)
