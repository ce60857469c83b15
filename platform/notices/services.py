"""Writes: telling people, what they have seen, how they want to be told."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError
from notices import events
from notices.events import Event, How
from notices.models import Choice, Notice

# What happens meanwhile goes into the same mail.
WAIT = {How.SOON: timedelta(minutes=1), How.DAILY: timedelta(days=1)}
KEPT = timedelta(days=90)


@transaction.atomic
def notify(
    event: Event, *, to: Iterable[User], link: str, actor: User | None = None, **data: Any
) -> None:
    """Tell people that `event` has happened; call it in the transaction of what it tells.

    Each is told once, and who did it is not. link: a path. data: what the sentence names.
    """
    people = {user.pk: user for user in to if user.is_active and not user.is_simulated}
    if actor is not None:
        people.pop(actor.pk, None)
    if not people:
        return
    chosen = Choice.objects.filter(user__in=people, event=event.name)
    how = dict.fromkeys(people, event.usual.value) | dict(chosen.values_list("user", "how"))
    Notice.objects.bulk_create(
        Notice(
            user=user,
            event=event.name,
            actor=actor,
            link=link,
            data=data,
            how=how[pk],
            mail_due=_due(How(how[pk])),
        )
        for pk, user in people.items()
    )


def sends_mail() -> bool:
    """Whether mails reach anybody: there is a mail server, and not a log that they go into."""
    return settings.SENDS_MAIL and not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


def _due(how: How) -> Any:
    """When the mail goes out, by the database's clock; None where none does."""
    wait = WAIT.get(how) if sends_mail() else None
    return Now() + wait if wait else None


@transaction.atomic
def see(*, user: User, ids: Iterable[int] | None = None, link: str | None = None) -> None:
    """Note that `user` has looked at these notices, or at what they lead to; no mail follows."""
    unseen = Notice.objects.unseen_by(user)
    asked = {"pk__in": ids, "link": link}
    unseen = unseen.filter(**{name: value for name, value in asked.items() if value is not None})
    unseen.update(seen_at=Now(), mail_due=None)


@transaction.atomic
def choose(*, user: User, how: Mapping[str, str]) -> None:
    """Store how `user` wants to be told of each event; what waits to be mailed follows it."""
    if not (how.keys() <= events.known().keys() and set(how.values()) <= set(How.values)):
        raise BadInputError(_("Choose one of the ways for each event."))
    Choice.objects.bulk_create(
        [Choice(user=user, event=event, how=value) for event, value in how.items()],
        update_conflicts=True,
        unique_fields=["user", "event"],
        update_fields=["how"],
    )
    quiet = [event for event, value in how.items() if value == How.PAGE]
    waiting = Notice.objects.filter(user=user, event__in=quiet, mail_due__isnull=False)
    waiting.update(mail_due=None)


def stop(*, user: User) -> None:
    """Send `user` no more mails about anything."""
    choose(user=user, how=dict.fromkeys(events.known(), How.PAGE.value))


def choices_of(user: User) -> dict[str, How]:
    """How `user` is told of each event."""
    usual = {name: event.usual for name, event in events.known().items()}
    own = Choice.objects.filter(user=user, event__in=usual).values_list("event", "how")
    return usual | {event: How(how) for event, how in own}


def sweep() -> int:
    """Remove what was seen long ago, and return how much."""
    old = Notice.objects.filter(seen_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
