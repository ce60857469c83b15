"""Sessions in the database, each read together with the person whose it is: one query, not two.

What ends a session is Django's to say: its hash covers the password, so that a new password ends
the others, and signing out deletes the row.
"""

import re
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import middleware
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.models import Session, User
from core.middleware import SAFE
from core.postgresql.rows import Columns, first_row

SESSION, USER = Columns(Session, "s"), Columns(User, "u")
READ = f"""
SELECT {SESSION}, {USER}
FROM accounts_session s LEFT JOIN accounts_user u ON u.id = s.user_id
WHERE s.session_key = %(key)s AND s.expire_date > statement_timestamp()
"""
KEY = re.compile("[0-9a-z]{32}")  # as Django makes them; a cookie may hold what no column can


class SessionStore(db.SessionStore):
    """Django's, with the person. user: who was signed in when the session was read."""

    user: User | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where the rows are."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row for `data`, which names the person where somebody is signed in."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = int(data[auth.SESSION_KEY]) if auth.SESSION_KEY in data else None
        return row

    def save(self, must_create: bool = False) -> None:
        """Django takes a lost database, or its full disk, for a session that was ended elsewhere,
        and answers 400; it is told as what it is.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row = first_row(READ, {"key": self.session_key})
        if row is None:
            self._session_key = None
            return None
        session, self.user = SESSION.read(row), USER.read_outer(row)
        return session


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, but only what was sent to sign out takes the cookie away.

    The answer to a page or a script whose session has ended may come after the person has signed in
    again in another tab, and the browser would forget the new session for the end of the old one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session and set its cookie, as Django does."""
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        refused = request.method in SAFE or response.status_code == 401
        if cookie is not None and cookie["max-age"] == 0 and refused:
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, but it asks the session for the person first."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user`, read when it is first used."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]


def person_of_key(key: str | None) -> User | None:
    """Who is signed in by the session of `key`, read anew; None when nobody is."""
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key)
    person = person_of(request)
    return person if isinstance(person, User) else None


def person_of(request: HttpRequest) -> Any:
    """The person of the session where all is as it should be; else what Django makes of it."""
    session = request.session
    key = session.get(auth.SESSION_KEY)  # this reads the row
    user = getattr(session, "user", None)
    if (
        user is not None
        and user.is_active
        and str(user.pk) == key
        and session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(
            session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        )
    ):
        return user
    return middleware.get_user(request)
