"""What managers are told of: an endpoint that was switched off because it fails."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from labeling.models import Role
from notices.events import Event, How, register
from notices.services import notify
from webhooks.models import Endpoint


def _say(data: Mapping[str, Any], who: str) -> str:
    return _("The webhook to %(host)s in “%(project)s” was switched off: it kept failing.") % data


SWITCHED_OFF = register(
    Event(
        name="webhook_off",
        label=gettext_lazy("A webhook was switched off because it fails"),
        say=_say,
        usual=How.SOON,
    )
)


def of_switched_off(endpoint: Endpoint) -> None:
    """Tell the project's managers."""
    project = endpoint.project
    managers = User.objects.filter(memberships__project=project, memberships__role=Role.MANAGER)
    link = reverse("webhook", args=[project.slug, endpoint.pk])
    host = urlsplit(endpoint.url).hostname
    notify(SWITCHED_OFF, to=managers, link=link, project=project.name, host=host)
