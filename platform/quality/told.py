"""What managers are told of: agreement that fell below their bound."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import Role
from notices.events import Event, register
from notices.services import notify
from quality import showing
from quality.models import AgreementBound


def _say(data: Mapping[str, Any], who: str) -> str:
    kind = kinds().get(data["kind"])
    numbers = {
        key: showing.written(data[key], "chance") for key in ("value", "low", "high", "bound")
    }
    named = {**data, **numbers, "kind": str(kind.plural if kind else data["kind"])}
    text = _(
        "Agreement in “%(project)s” fell below the bound of %(bound)s: %(kind)s of round %(round)s"
        " have alpha %(value)s (%(low)s to %(high)s), from %(tasks)s tasks."
    )
    return text % named


AGREEMENT_FELL = register(
    Event(name="agreement_fell", label=gettext_lazy("Agreement falls below a bound"), say=_say)
)


def agreement_fell(
    row: AgreementBound, *, round_number: int, tasks: int, figure: Mapping[str, float]
) -> None:
    """Tell the project's managers."""
    project = row.project
    managers = User.objects.filter(
        memberships__project=project, memberships__role=Role.MANAGER, is_active=True
    )
    notify(
        AGREEMENT_FELL,
        to=managers,
        link=f"{reverse('agreement', args=[project.slug])}?kind={row.kind}",
        project=project.name,
        kind=row.kind,
        round=round_number,
        tasks=tasks,
        bound=row.bound,
        value=figure["value"],
        low=figure["low"],
        high=figure["high"],
    )
