"""What a person's answers say of how they work, for themselves and for managers."""

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import UserRequest
from labeling import goals, skipping
from labeling.access import membership_for
from labeling.checks import figures as checks
from labeling.checks import telling
from labeling.checks.choosing import settings_of
from labeling.forms import GoalForm
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Membership, Project, Role, SkipReason
from labeling.views.signed_in import signed_in
from measures.reading import SKIMMING
from quality import reliability, showing
from quality.known import ENOUGH, ENOUGH_GOLD, LATEST, SPEEDS
from quality.models import PersonFigures


@never_cache
@signed_in
@require_GET
def person(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The figures of somebody who answered or may answer, for managers."""
    member = membership_for(request.user, slug, role=Role.MANAGER)
    here = Membership.objects.filter(project=member.project).values("user")
    answered = Annotation.objects.filter(project=member.project, annotator=pk)
    found = reliability.look_up(User.objects.filter(pk=pk), member.project)
    found = found if answered.exists() else found.filter(pk__in=here)
    someone = get_object_or_404(found)
    told = {"tells_reliability": True, "reliability": reliability.of(someone)}
    return _page(request, member.project, someone, role=Role.MANAGER, **told)


@never_cache
@signed_in
@require_GET
def own_figures(request: UserRequest, slug: str) -> HttpResponse:
    """One's own figures."""
    member = membership_for(request.user, slug)
    return _page(request, member.project, request.user, role=Role(member.role))


def _page(
    request: UserRequest, project: Project, someone: User, *, role: Role, **more: Any
) -> HttpResponse:
    figures = PersonFigures.objects.filter(project=project, person=someone).first()
    body: dict[str, Any] = figures.body if figures else {}
    place = Membership.objects.filter(project=project, user=someone).first()
    context = {
        "project": project,
        "role": role,
        **more,
        "place": place,
        **_goal(project, someone, place),
        "someone": someone,
        "is_own": someone == request.user,
        "computed_at": figures.computed_at if figures else None,
        "enough": ENOUGH,
        "enough_gold": ENOUGH_GOLD,
        "most": f"{LATEST:,}",
        "body": body,
        "kinds": _named(body.get("kinds", [])),
        "agreement": [
            (kinds()[row["kind"]], showing.group(row, kinds()[row["kind"]]))
            for row in body.get("agreement", [])
            if row["kind"] in kinds()
        ],
        "checks": _checks(project, someone, role=role),
        "skips": _skips(project, someone),
        "speeds": _speeds(body.get("reading", {})),
        "habits": _named(body.get("habits", [])),
        "weeks": [
            row | {"day": date.fromisoformat(row["week"])} for row in _named(body.get("weeks", []))
        ],
    }
    return render(request, "quality/person.html", context)


def _goal(project: Project, someone: User, place: Membership | None) -> dict[str, Any]:
    """Their goal, how far they are in the reader's day or week, and the form to choose another."""
    if place is None:
        return {}
    place.project = project
    goal = goals.goal_of(place)
    period = goal and goal.period
    done = goals.done(project=project, person=someone, period=period).answers if period else 0
    return {"goal": goal, "goal_done": done, "goal_form": GoalForm.of(place)}


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the label of their kind; those of a kind that is gone under its name."""
    labels = {name: kind.plural for name, kind in kinds().items()}
    return [row | {"label": labels.get(row["kind"], row["kind"])} for row in rows]


def _checks(project: Project, someone: User, *, role: Role) -> list[checks.Row] | None:
    """Agreement with gold and with oneself; None for annotators who are not told."""
    if role == Role.MANAGER:
        return checks.of_person(project, someone)
    return telling.own_figures(project, someone) if settings_of(project).feedback else None


def _skips(project: Project, someone: User) -> list[tuple[str, int]]:
    """How often for which reason, the most frequent first; what they were warned of is left out."""
    rows = Assignment.objects.filter(task__project=project, annotator=someone, state="skipped")
    reasons = rows.exclude(skip_reason=SkipReason.DECLINED).values_list("skip_reason", flat=True)
    return Counter(skipping.in_words(reason)[0] for reason in reasons).most_common()


def _speeds(reading: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars of the distribution in words, how many there are, and whether it is skimming."""
    bars = reading.get("bars", [])
    names = [
        _("Over four times the usual time"),
        _("Two to four times the usual time"),
        _("The usual time, up to twice that"),
        _("Up to twice as fast as usual"),
        _("Two to four times as fast as usual"),
        _("Over four times as fast as usual"),
    ]
    return [
        {"name": name, "answers": count, "is_too_fast": low >= SKIMMING}
        for name, low, count in zip(names, SPEEDS, bars, strict=False)
    ]
