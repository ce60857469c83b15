"""The database of Django's `ENGINE`: a connection that is given up when no answer comes.

A server that is frozen, not dead, keeps its connections open and says nothing: neither its own
statement_timeout nor anything of TCP ends the wait. So the client counts, where the entry of
DATABASES has ANSWER_SECONDS: in the web server, not in workers, migrations or commands.

And statements that each request waits for are prepared: core.postgresql.rows.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
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


class PreparingCursor(base.ServerBindingCursor):
    """PostgreSQL plans what this executes once for a connection, not each time."""

    def execute(self, query: Any, params: Any = None, **told: Any) -> Any:
        """Psycopg's, prepared.

        Only so long may anything be: psycopg counts what is asked meanwhile by its whole text, and
        Django's own cursors, which bind in the client, would have the last hundred of them kept,
        each with its values.
        """
        connection = self.connection  # type: ignore[attr-defined]
        connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True, **told)  # type: ignore[misc]
        finally:
            connection.prepare_threshold = None


class Operations(operations.DatabaseOperations):
    """Django's, that also tells what a prepared statement was with its parameters."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """For the log of statements."""
        if isinstance(cursor, PreparingCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with connections of our own."""

    ops_class = Operations

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

    def preparing_cursor(self) -> Any:
        """A cursor for statements that are asked again and again."""
        self.ensure_connection()
        usual, self.connection.cursor_factory = self.connection.cursor_factory, PreparingCursor
        try:
            return self.cursor()
        finally:
            self.connection.cursor_factory = usual

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
