"""What people are told of prompts that they write: some are wanted, one was decided on."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notices.events import Event, How, register

Data = Mapping[str, Any]


def _wanted(data: Data, who: str) -> str:
    return _("%(who)s asks for prompts in “%(project)s”.") % {**data, "who": who}


def _returned(data: Data, who: str) -> str:
    text = _("%(who)s returned a prompt of yours: see why, and rewrite it (“%(project)s”).")
    return text % {**data, "who": who}


def _accepted(data: Data, who: str) -> str:
    text = ngettext(
        "%(who)s accepted a prompt of yours (“%(project)s”).",
        "%(who)s accepted %(number)s prompts of yours (“%(project)s”).",
        data["number"],
    )
    return text % {**data, "who": who}


WANTED = register(
    Event(name="prompts_wanted", label=gettext_lazy("Prompts are wanted of me"), say=_wanted)
)
RETURNED = register(
    Event(
        name="prompt_returned",
        label=gettext_lazy("A prompt of mine is returned"),
        say=_returned,
        usual=How.SOON,
    )
)
ACCEPTED = register(
    Event(name="prompt_accepted", label=gettext_lazy("A prompt of mine is accepted"), say=_accepted)
)
