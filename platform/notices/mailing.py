"""Notices by mail: all that waits for a person goes out as one, in their language."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import NotFoundError
from notices.models import Notice
from notices.services import sends_mail

logger = logging.getLogger(__name__)

SALT = "notices.stop"
MOST = 50  # sentences in one mail
LONGEST_SUBJECT = 120
GIVE_UP = timedelta(days=2)  # a mail server that is away for so long
AGAIN = timedelta(minutes=10)


def send_due() -> int:
    """Send what is due and return how many mails that were."""
    if not sends_mail():
        return 0
    Notice.objects.filter(mail_due__lt=Now() - GIVE_UP).update(mail_due=None)
    due = Notice.objects.due().order_by("user", "how").values_list("user", "how").distinct()
    return sum(_send(user, how) for user, how in due)


def _send(user_id: int, how: str) -> bool:
    """Send one person all that waits for them in this way, due or not yet."""
    with transaction.atomic():
        waiting = Notice.objects.filter(user=user_id, how=how, mail_due__isnull=False)
        rows = list(waiting.select_for_update(skip_locked=True).order_by("pk"))
        ids = [row.pk for row in rows]
        # Taken before it is sent: whoever dies in between sends it not twice.
        Notice.objects.filter(pk__in=ids).update(mail_due=None, mailed_at=Now())
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if not rows or user is None:
        return False
    actors = User.objects.in_bulk([row.actor_id for row in rows if row.actor_id])
    for row in rows:
        row.actor = actors.get(row.actor_id) if row.actor_id else None
    try:
        written(user, rows).send()
    except OSError as error:  # SMTP's own are of this kind; its text may name the person
        logger.error("The mail server did not take a mail: %s", type(error).__name__)
        again = Notice.objects.filter(pk__in=ids, seen_at=None)
        again.update(mail_due=Now() + AGAIN, mailed_at=None)
        return False
    return True


def written(user: User, rows: Sequence[Notice]) -> EmailMessage:
    """The mail: sentences and links, and no text that people or models wrote as an answer."""
    stop = settings.SITE_URL + reverse("notices_stop", args=[stop_token(user)])
    with translation.override(user.language or settings.LANGUAGE_CODE):
        lines = [(row.text, settings.SITE_URL + row.link) for row in rows[:MOST]]
        context = {
            "lines": lines,
            "more": len(rows) - len(lines),
            "all": settings.SITE_URL + reverse("notices"),
            "settings": settings.SITE_URL + reverse("notices_settings"),
            "stop": stop,
        }
        if len(rows) == 1:
            subject = lines[0][0]
        else:
            counted = ngettext("%(n)d notice", "%(n)d notices", len(rows)) % {"n": len(rows)}
            subject = _("%(notices)s for you") % {"notices": counted}
        body = render_to_string("notices/mail.txt", context)
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    headers = {"List-Unsubscribe": f"<{stop}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(f"Rondo: {subject}", body, to=[user.email], headers=headers)


def stop_token(user: User) -> str:
    """What proves, without signing in, that a mail to `user` was read."""
    return signing.dumps(user.pk, salt=SALT)


def whose(token: str) -> User:
    """The person whose mail holds `token`; NotFoundError for what is none."""
    try:
        found = User.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        found = None
    if found is None:
        raise NotFoundError(_("This link is not whole. Copy all of it from the mail."))
    return found
