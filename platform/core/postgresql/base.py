"""The database of Django's `ENGINE`: a connection that is given up when no answer comes.

A server that is frozen, not dead, keeps its connections open and says nothing: neither its own
statement_timeout nor anything of TCP ends the wait. So the client counts, where the entry of
DATABASES has ANSWER_SECONDS: in the web server, not in workers, migrations or commands.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors

CHECK_SECONDS = 2.0  # for a connection that was there to say that it still is


class Connection(psycopg.Connection[Any]):
    """answer_seconds: how long a statement may take; None is for ever."""

    answer_seconds: float | None = None

    def wait(self, gen: Any, *args: Any, **told: Any) -> Any:
        """Psycopg's, with a limit of our own. After it the connection is of no use any more."""
        told.setdefault("timeout", self.answer_seconds)
        try:
            return super().wait(gen, *args, **told)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from error


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with connections of our own."""

    # What Django looks up in psycopg, but for how it connects.
    Database = SimpleNamespace(  # type: ignore[assignment]
        **{**vars(psycopg), "connect": Connection.connect}
    )

    def get_connection_params(self) -> dict[str, Any]:
        """With a statement_timeout, so that the server stops what nobody waits for any more."""
        params: dict[str, Any] = super().get_connection_params()
        if seconds := self._answer_seconds():
            options = params.get("options", "")
            params["options"] = f"{options} -c statement_timeout={int(seconds * 1000)}".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that waits no longer than it may."""
        connection = super().get_new_connection(conn_params)
        connection.answer_seconds = self._answer_seconds()
        return connection

    def is_usable(self) -> bool:
        """Whether the connection that was there still answers; asked before each request."""
        limit = self.connection.answer_seconds
        self.connection.answer_seconds = CHECK_SECONDS
        try:
            return bool(super().is_usable())
        finally:
            self.connection.answer_seconds = limit

    def _answer_seconds(self) -> float | None:
        return self.settings_dict.get("ANSWER_SECONDS")
