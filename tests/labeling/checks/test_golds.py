"""Answers become gold, are scored anew, and leave the figures once retired."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling.checks import figures, golds, scoring
from labeling.models import Annotation, CheckScore, Gold, Project
from tests.factories import make_annotation, make_task, make_user


def check_of(right: Annotation, by: User, tiers: list[list[int]]) -> Annotation:
    """An answer of `by` to a gold task, scored."""
    body = {"tiers": tiers, "unacceptable": []}
    given = make_annotation(right.task, body, annotator=by, purpose="gold", standing="check")
    scoring.score(given)
    return given


def test_another_right_answer_scores_all_anew(project: Project, ada: User, mona: User) -> None:
    right = make_annotation(make_task(project, "ranking", k=2))
    other = make_annotation(right.task, {"tiers": right.body["tiers"][::-1], "unacceptable": []})
    golds.mark(annotation=right, by=mona)
    check_of(right, ada, right.body["tiers"])
    assert CheckScore.objects.get().agreement == 1.0
    for standing in ("superseded", "erased"):
        kept = check_of(right, make_user(), right.body["tiers"])
        Annotation.objects.filter(pk=kept.pk).update(standing=standing, body={})
        CheckScore.objects.filter(annotation=kept).delete()

    golds.mark(annotation=other, by=mona)

    assert CheckScore.objects.get().agreement == 0.0
    assert Gold.objects.get().answer == other
    actions = AuditEntry.objects.order_by("pk").values_list("action", "actor")
    assert list(actions) == [("gold.marked", mona.pk)] * 2


@pytest.mark.parametrize("standing", ["sent_back", "excluded", "taken_back", "check"])
def test_what_does_not_count_is_not_gold(project: Project, mona: User, standing: str) -> None:
    answer = make_annotation(make_task(project), standing=standing)

    assert not golds.may_mark(answer)
    with pytest.raises(ConflictError):
        golds.mark(annotation=answer, by=mona)


def test_figures_of_people(project: Project, ada: User, bob: User, mona: User) -> None:
    for n in range(4):
        right = make_annotation(make_task(project, "ranking", k=2))
        golds.mark(annotation=right, by=mona)
        check_of(right, ada, right.body["tiers"])
        check_of(right, bob, right.body["tiers"][:: 1 if n else -1])

    rows = figures.of_project(project)

    assert [(r.person, r.kind.name, r.gold.percent, r.gold.n, r.own) for r in rows] == [
        (ada, "ranking", 100, 4, None),
        (bob, "ranking", 75, 4, None),
    ]
    assert (rows[1].gold.low, rows[1].gold.high) == (30, 95)  # Wilson's of 3 in 4
    golds.retire(gold=Gold.objects.order_by("pk")[0], by=mona)
    assert [row.gold.percent for row in figures.of_person(project, bob)] == [100]
