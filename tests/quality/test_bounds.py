"""Agreement below a manager's bound: who is told, when, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.models import Project, Role
from notices.models import Notice
from quality import bounds
from quality.models import AgreementBound, ProjectFigures
from quality.refreshing import refresh
from tests.factories import make_member
from tests.quality.conftest import ranked_twice

Look = Callable[..., list[str]]


@pytest.fixture
def mona(project: Project) -> User:
    """A manager."""
    return make_member(project, "Mona", Role.MANAGER)


def group(value: float, low: float, high: float, *, of: int = 1, **fields: Any) -> dict[str, Any]:
    """The figures of a round, as quality.agreement gives them."""
    figures = {"beyond_chance": {"value": value, "low": low, "high": high}}
    row = {"kind": "ranking", "by": "round", "value": str(of), "tasks": 40, "figures": figures}
    return row | fields


@pytest.fixture
def look(project: Project, mona: User) -> Look:
    """The bound is 0.4; what Mona is told when figures are new."""
    bounds.choose(project=project, kind="ranking", bound=0.4, by=mona)

    def at(*groups: dict[str, Any]) -> list[str]:
        bounds.look(project.pk, groups)
        found = [notice.text for notice in Notice.objects.order_by("pk")]
        Notice.objects.all().delete()
        return found

    return at


def test_managers_are_told_once_in_a_fall(look: Look) -> None:
    said = (
        "Agreement in “Kitchen” fell below the bound of 0.40: Rankings of round 1 have alpha 0.20"
        " (0.10 to 0.30), from 40 tasks."
    )
    assert look(group(0.5, 0.4, 0.6)) == []
    assert look(group(0.35, 0.25, 0.45)) == []  # it may still be above
    assert look(group(0.2, 0.1, 0.3)) == [said]
    assert look(group(0.1, 0.0, 0.2)) == []
    assert look(group(0.39, 0.3, 0.48)) == []  # not recovered
    assert look(group(0.2, 0.1, 0.3)) == []
    assert look(group(0.4, 0.3, 0.5)) == []  # recovered
    assert look(group(0.2, 0.1, 0.3)) == [said]


def test_the_newest_round_with_enough_answers_is_judged(look: Look) -> None:
    good, bad = group(0.6, 0.5, 0.7, of=9), group(0.1, 0.0, 0.2, of=10)
    everything = group(0.1, 0.0, 0.2) | {"by": "all", "value": ""}

    assert look(everything, good) == []
    assert look(good, bad | {"figures": {}, "tasks": 12}) == []
    (said,) = look(good, bad)
    assert "round 10" in said


def test_other_kinds_and_gone_ones_say_nothing(look: Look, project: Project) -> None:
    AgreementBound.objects.create(project=project, kind="gone", bound=0.9)

    assert look(group(0.1, 0.0, 0.2, kind="comparison"), group(0.1, 0, 0.2, kind="gone")) == []


def test_only_this_projects_managers_hear_and_the_link_leads_to_the_kind(
    project: Project, ada: User, mona: User
) -> None:
    rita = make_member(project, "Rita", Role.REVIEWER)
    bounds.choose(project=project, kind="ranking", bound=0.4, by=mona)
    bounds.look(project.pk, [group(0.1, 0.0, 0.2)])

    (notice,) = Notice.objects.exclude(user__in=[ada, rita])
    assert (notice.user, notice.event) == (mona, "agreement_fell")
    assert notice.link == "/projects/kitchen/agreement/?kind=ranking"
    assert Notice.objects.count() == 1


def test_the_process_of_the_figures_looks(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"), count=30)
    refresh(project.pk)
    assert not Notice.objects.filter(user=mona).exists()  # off by default
    bounds.choose(project=project, kind="ranking", bound=0.4, by=mona)
    assert ProjectFigures.objects.get().is_stale  # so it is looked, though no answer is new

    refresh(project.pk)
    refresh(project.pk)

    (notice,) = Notice.objects.filter(user=mona)
    assert "alpha −1.00" in notice.text
    assert AgreementBound.objects.get().fell_at is not None


def test_a_bound_is_chosen_changed_and_given_up(project: Project, mona: User) -> None:
    def choose(bound: float | None, kind: str = "ranking") -> None:
        bounds.choose(project=project, kind=kind, bound=bound, by=mona)

    choose(None)
    choose(0.5)
    bounds.look(project.pk, [group(0.1, 0.0, 0.2)])
    choose(0.5)
    assert AgreementBound.objects.get().fell_at is not None  # the same: no new fall
    choose(0.6)
    assert AgreementBound.objects.get().fell_at is None
    choose(None)
    assert not AgreementBound.objects.exists()
    found = AuditEntry.objects.filter(action="agreement.bound").order_by("pk")
    assert [entry.details["bound"] for entry in found] == [0.5, 0.6, None]
    for kind, bound in (("demonstration", 0.5), ("poem", 0.5), ("ranking", 1.0), ("ranking", 0.0)):
        with pytest.raises(BadInputError):
            choose(bound, kind)


def test_the_bound_is_for_a_kinds_alpha() -> None:
    found = {name: bounds.alpha(kind) for name, kind in kinds().items()}
    names = {name: figure.name if figure else None for name, figure in found.items()}

    assert names["ranking"] == "beyond_chance"
    assert found["comparison"].form == "ordinal"
    assert (names["demonstration"], names["correction"]) == (None, None)
