"""Figures of raters are computed in a process of their own, and which raters play is asked for."""

import pytest
from django.core.management.base import CommandError
from django.db import connection

from quality.models import ProjectFigures, Reliability
from rehearsal.management.commands.rehearse import _groups
from rehearsal.raters import Raters
from rehearsal.reliability import measure
from tests.factories import make_member, make_project
from tests.quality.conftest import ranked_twice
from tests.quality.test_child import ROOT


@pytest.mark.django_db(transaction=True)
def test_figures_of_what_was_just_labeled_are_there_when_it_returns(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:

    project = make_project("kitchen", overlap=2)
    ada, bob = make_member(project, "Ada"), make_member(project, "Bob")
    database = f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'platform'}")

    for count in (1, 2):
        ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"))
        measure(project)

        assert not ProjectFigures.objects.get(project=project).is_stale
        answers = Reliability.objects.order_by("person").values_list("person", "answers")
        assert list(answers) == [(ada.pk, count), (bob.pk, count)]


def test_all_uses_are_played_unless_one_is_named() -> None:
    options = {"raters": "10,2,1", "overlap": 3, "use": "all"}

    def played(**changes: object) -> list[Raters | None]:
        return _groups(options | changes)

    uses = ("plain", "weighed", "left_out", "screened")
    assert played() == [Raters(numbers=(10, 2, 1), overlap=3, use=use) for use in uses]
    assert played(use="weighed") == [Raters(numbers=(10, 2, 1), overlap=3, use="weighed")]
    assert played(raters="") == [None]
    with pytest.raises(
        CommandError, match=r"--raters 1,0,0: .* no more answers a task than raters"
    ):
        played(raters="1,0,0")
