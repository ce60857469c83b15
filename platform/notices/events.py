"""What people can be told of: the apps in which it happens register it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class How(models.TextChoices):
    """How a person is told of an event; the page always has it."""

    PAGE = "page", gettext_lazy("On the page only")
    SOON = "soon", gettext_lazy("By e-mail at once")
    DAILY = "daily", gettext_lazy("By e-mail once a day")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happens.

    label: of the choice how to be told of it. usual: for those who have not chosen.
    say: the sentence, from what was noted and the name of who did it.
    """

    name: str
    label: Promise
    say: Callable[[Mapping[str, Any], str], str]
    usual: How = How.PAGE


_known: dict[str, Event] = {}


def register(event: Event) -> Event:
    """Make `event` known; the module that does so is imported by its app's `ready`."""
    _known[event.name] = event
    return event


def known() -> dict[str, Event]:
    """All events, by their names."""
    return dict(_known)


def sentence(name: str, data: Mapping[str, Any], who: str) -> str:
    """What happened, in the reader's language; also where no app knows the event any more."""
    event = _known.get(name)
    return event.say(data, who) if event else _("Something happened here.")
