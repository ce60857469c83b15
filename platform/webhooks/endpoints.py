"""Writes: adding endpoints, changing them, new secrets, replays."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from labeling.models import Project
from webhooks import secrets, targets
from webhooks.models import TEST, Delivery, Endpoint, Event, EventType
from webhooks.noting import body_of

MOST = 20  # of a project
OVERLAP = timedelta(hours=24)  # in which the secret before signs too
KEPT = timedelta(days=30)  # the log


@transaction.atomic
def add(*, project: Project, url: str, events: Collection[str], by: User) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown now and never again."""
    url, chosen = _checked(url, events)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if project.webhooks.count() >= MOST:
        raise ConflictError(_("A project has at most %(n)s webhooks: remove one.") % {"n": MOST})
    endpoint = Endpoint(project=project, url=url, events=chosen, created_by=by)
    secret = secrets.secret_of(endpoint.seed)
    endpoint.fingerprint = secrets.fingerprint(secret)
    endpoint.save()
    _write_down(endpoint, "webhook.added", by, url=url, events=chosen)
    return endpoint, secret


@transaction.atomic
def change(
    *, endpoint: Endpoint, url: str, events: Collection[str], is_on: bool, by: User
) -> Endpoint:
    """Set all that managers set; on again after failures, it has its full time again."""
    url, chosen = _checked(url, events)
    row = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    before = (row.url, row.events, not row.off)
    if before == (url, chosen, is_on):
        return row
    if is_on and row.off:
        row.off, row.failing_since = "", None
    elif not is_on and not row.off:
        row.off = Endpoint.Off.ASKED
        waiting = row.deliveries.filter(state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.FAILED)
    row.url, row.events = url, chosen
    row.save(update_fields=["url", "events", "off", "failing_since"])
    _write_down(row, "webhook.changed", by, url=url, events=chosen, on=is_on)
    return row


@transaction.atomic
def rotate(*, endpoint: Endpoint, by: User) -> str:
    """A new secret, shown now and never again; the one before signs too for a day."""
    row = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    row.old_seed, row.old_until = row.seed, timezone.now() + OVERLAP
    row.seed = uuid.uuid4()
    secret = secrets.secret_of(row.seed)
    row.fingerprint = secrets.fingerprint(secret)
    row.save(update_fields=["seed", "fingerprint", "old_seed", "old_until"])
    _write_down(row, "webhook.rotated", by)
    return secret


@transaction.atomic
def remove(*, endpoint: Endpoint, by: User) -> None:
    """Remove it with its log."""
    _write_down(endpoint, "webhook.removed", by, url=endpoint.url)
    endpoint.delete()


@transaction.atomic
def test(*, endpoint: Endpoint) -> Delivery:
    """Send it a message that says nothing but that it arrives."""
    _must_be_on(endpoint)
    project = endpoint.project
    body = body_of(TEST, {"project": project.slug})
    event = Event.objects.create(project=project, key=uuid.uuid4(), type=TEST, body=body)
    return Delivery.objects.create(endpoint=endpoint, event=event)


@transaction.atomic
def replay(
    *, endpoint: Endpoint, by: User, delivery: int | None = None, since: datetime | None = None
) -> int:
    """Send one delivery again, or all that failed since a time; returns how many.

    Receivers know a message that they had by its `webhook-id`, which stays.
    """
    _must_be_on(endpoint)
    rows = endpoint.deliveries.all()
    if delivery is not None:
        rows = rows.filter(pk=delivery)
    else:
        rows = rows.filter(state=Delivery.State.FAILED)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    count = rows.update(state=Delivery.State.WAITING, tries=0, due_at=Now())
    if count:
        _write_down(endpoint, "webhook.replayed", by, sent_again=count)
    return count


def sweep() -> int:
    """Remove what happened long ago with its log, and return how many rows that were.

    What is told once stays, or it would be told again.
    """
    old = Event.objects.filter(created_at__lt=timezone.now() - KEPT, once=None)
    return old.delete()[0]


def _must_be_on(endpoint: Endpoint) -> None:
    if endpoint.off:
        raise ConflictError(_("This webhook is switched off. Switch it on first."))


def _checked(url: str, events: Collection[str]) -> tuple[str, list[str]]:
    url = url.strip()
    targets.check_url(url)
    if not events or not set(events) <= set(EventType.values):
        message = _("Choose at least one of the events.")
        raise BadInputError(message, errors={"events": message})
    return url, [event for event in EventType.values if event in events]


def _write_down(endpoint: Endpoint, action: str, by: User, **details: object) -> None:
    target = f"webhooks.Endpoint:{endpoint.pk}"
    audit(actor=by, action=action, target=target, details=details)
