"""The broker, asked with little patience: whatever it is told is in a row of the database too."""

from typing import Any

from celery import current_app

PATIENCE = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}


def broker_link() -> Any:
    """A connection of its own: Celery's pool would try for ever while the broker is down."""
    return current_app.connection_for_write(connect_timeout=1, transport_options=PATIENCE)


def load() -> None:
    """Import what a connection needs: that takes longer than anybody waits for an answer."""
    broker_link()


def connect(link: Any) -> None:
    """Connect `link`; kombu's OperationalError when nobody answers."""
    link.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
