"""Notices to people, and how each wants to be told."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from notices import events
from notices.events import How
from notices.queries import NoticeQuerySet


class Notice(models.Model):
    """One thing that one person is told; written with what it tells."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False
    )
    event = models.CharField(max_length=40)  # a name in notices.events
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    link = models.CharField(max_length=300)  # a path
    data = models.JSONField(default=dict)  # what the sentence names
    how = models.CharField(max_length=5, choices=How, default=How.PAGE)
    # When it goes out by mail, unless it is seen before; None: it does not, or has gone.
    mail_due = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_of_person"),
            # Every page counts by it.
            models.Index(fields=["user"], name="notices_unseen", condition=models.Q(seen_at=None)),
            models.Index(
                fields=["mail_due"],
                name="notices_to_mail",
                condition=models.Q(mail_due__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} notice {self.pk}"

    @property
    def text(self) -> str:
        """What happened, in the reader's language."""
        who = str(self.actor) if self.actor else _("Someone")
        return events.sentence(self.event, self.data, who)


class Choice(models.Model):
    """How a person wants to be told of an event."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    event = models.CharField(max_length=40)
    how = models.CharField(max_length=5, choices=How)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notices_one_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is told of {self.event}: {self.how}"
