"""Reads: what one has not seen, and what is to be mailed."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from accounts.models import User
    from notices.models import Notice  # noqa: F401

MOST = 100  # that the bell counts


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices."""

    def unseen_by(self, user: "User") -> Self:
        """What `user` has not looked at."""
        return self.filter(user=user, seen_at=None)

    def count_unseen(self, user: "User") -> int:
        """How many these are, as far as the bell counts: one look into an index."""
        return self.unseen_by(user)[:MOST].count()

    def due(self) -> Self:
        """What is to go out by mail now."""
        return self.filter(mail_due__lte=Now())
