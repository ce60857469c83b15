"""Checks are mixed in unseen, at the rate that was chosen, and never count as labels."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError
from labeling import assigning, revising, slots
from labeling.assigning import claim_next, skip
from labeling.checks import drawing, golds
from labeling.models import (
    Annotation,
    Assignment,
    CheckScore,
    CheckSettings,
    Project,
    Task,
)
from labeling.revising import revise
from labeling.submitting import submit
from rounds.queries import usable_annotations
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, signed_in


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each draw is the lowest: a check wherever there is one."""
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)


def choose(project: Project, **chosen: Any) -> None:
    CheckSettings.objects.update_or_create(project=project, defaults=chosen)
    project.refresh_from_db()


def make_gold(project: Project, mona: User, kind: str = "ranking", **fields: Any) -> Annotation:
    """A done task with its right answer."""
    task = make_task(project, kind, **fields)
    Task.objects.filter(pk=task.pk).update(state="done", free_slots=0)
    answer = make_annotation(task)
    golds.mark(annotation=answer, by=mona)
    return answer


def give(assignment: Assignment, body: dict[str, Any] | None = None) -> Annotation:
    body = body or {"tiers": [[pk] for pk in assignment.shown_order], "unacceptable": []}
    return submit(
        assignment=assignment, body=body, client_key=assignment.client_key, active_seconds=1
    )


def test_a_gold_task_takes_the_place_of_one_of_its_kind_and_language(
    project: Project, ada: User, mona: User
) -> None:
    right = make_gold(project, mona)
    make_gold(project, mona, "demonstration")
    real = make_task(project, "ranking")
    choose(project, gold_percent=5)

    hers = claim_next(project=project, annotator=ada)

    assert (hers.task_id, hers.purpose, hers.slot) == (right.task_id, "gold", 0)
    assert Task.objects.get(pk=real.pk).free_slots == 1
    give(hers)
    assert claim_next(project=project, annotator=ada).task == real  # no other ranking is gold


@pytest.mark.parametrize(("drawn", "purpose"), [(0.049, "gold"), (0.051, "label")])
def test_the_rate_decides(
    project: Project,
    ada: User,
    mona: User,
    monkeypatch: pytest.MonkeyPatch,
    drawn: float,
    purpose: str,
) -> None:
    make_gold(project, mona)
    make_task(project, "ranking")
    choose(project, gold_percent=5)
    monkeypatch.setattr(drawing, "chance", lambda: drawn)

    assert claim_next(project=project, annotator=ada).purpose == purpose


def test_who_labeled_a_task_is_not_given_it_as_gold_nor_the_other_way_round(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    task = make_task(project, "ranking", overlap=3)
    answer = make_annotation(task, annotator=bob)
    Task.objects.filter(pk=task.pk).update(free_slots=2)
    golds.mark(annotation=answer, by=mona)
    real = make_task(project, "ranking")
    choose(project, gold_percent=20)

    his, hers = (claim_next(project=project, annotator=one) for one in (bob, ada))
    give(hers)

    assert his.task == real
    assert hers.task == task
    assert claim_next(project=project, annotator=ada) is None


def test_a_begun_check_comes_back_first_and_is_skipped_like_any_task(
    project: Project, ada: User, mona: User
) -> None:
    make_gold(project, mona)
    real = make_task(project, "ranking")
    choose(project, gold_percent=20)
    hers = claim_next(project=project, annotator=ada)
    Assignment.objects.update(lease_until="2020-01-01T00:00Z")
    slots.expire(project)

    assert claim_next(project=project, annotator=ada) == hers
    skip(assignment=hers, reason="unsafe")
    assert claim_next(project=project, annotator=ada).task == real
    assert Task.objects.get(pk=hers.task_id).free_slots == 0


def test_answers_to_checks_are_scored_and_no_labels(
    project: Project, ada: User, mona: User
) -> None:
    right = make_gold(project, mona, k=3)
    make_task(project, "ranking")
    choose(project, gold_percent=20)
    hers = claim_next(project=project, annotator=ada)
    (a,), (b,), (c,) = right.body["tiers"]

    first = give(hers, {"tiers": [[b], [a], [c]], "unacceptable": []})

    assert (first.purpose, first.standing) == ("gold", "check")
    assert list(usable_annotations(project)) == [right]
    assert CheckScore.objects.get().agreement == pytest.approx(2 / 3)
    again = revising.revise(annotation=first, by=ada)
    second = give(again, right.body)
    assert second.standing == "check"
    assert [s.agreement for s in CheckScore.objects.filter(annotation=second)] == [1.0]
    assert CheckScore.objects.count() == 1


def test_an_open_check_does_not_hold_a_task_open(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    task = make_task(project, "ranking", overlap=2)
    answer = make_annotation(task)
    Task.objects.filter(pk=task.pk).update(free_slots=1)
    golds.mark(annotation=answer, by=mona)
    his = claim_next(project=project, annotator=bob)
    make_task(project, "ranking")
    choose(project, gold_percent=20)
    hers = claim_next(project=project, annotator=ada)
    assert (his.task, hers.task) == (task, task)

    give(his)

    assert Task.objects.get(pk=task.pk).state == "done"


def test_a_repeat_comes_after_so_many_answers_in_another_order(project: Project, ada: User) -> None:
    for _ in range(4):
        make_task(project, "ranking")
    choose(project, repeat_percent=20, repeat_after=2)
    given = [claim_next(project=project, annotator=ada)]
    for _ in range(2):
        give(given[-1])
        given.append(claim_next(project=project, annotator=ada))
    give(given[-1])

    again = claim_next(project=project, annotator=ada)

    assert [one.purpose for one in given] == ["label"] * 3
    assert (again.task, again.purpose, again.slot) == (given[0].task, "repeat", 0)
    assert again.shown_order != given[0].shown_order
    assert sorted(again.shown_order) == sorted(given[0].shown_order)
    first = Annotation.objects.order_by("pk")[0]
    give(again, {"tiers": first.body["tiers"][::-1], "unacceptable": []})
    score = CheckScore.objects.get()
    assert (score.agreement, score.against, score.gold) == (0.0, first, None)
    assert claim_next(project=project, annotator=ada).task == given[1].task  # the next one back


def test_texts_are_not_asked_twice(project: Project, ada: User) -> None:
    make_task(project)
    make_task(project)
    choose(project, repeat_percent=20, repeat_after=1)
    give(claim_next(project=project, annotator=ada), {"text": "Six."})
    hers = claim_next(project=project, annotator=ada)
    assert hers.purpose == "label"


def test_no_word_of_it_in_the_history(project: Project, ada: User, mona: User) -> None:
    make_gold(project, mona)
    make_task(project, "ranking")
    choose(project, gold_percent=20)
    check = give(claim_next(project=project, annotator=ada))
    label = give(claim_next(project=project, annotator=ada))
    client = signed_in(ada)

    listed = client.get(at("history")).content.decode()
    pages = [client.get(at("answer", one.pk)).content.decode() for one in (check, label)]

    assert "Check" not in listed
    for word in ("Counts", "Correct", "Take back"):
        assert [word in page for page in pages] == [True, True]
    assert "check" not in pages[0].lower()


def test_feedback_where_the_project_wants_it(project: Project, ada: User, mona: User) -> None:
    right = make_gold(project, mona, k=2)
    make_task(project, "ranking", k=2)
    choose(project, gold_percent=20, feedback=True)
    hers = claim_next(project=project, annotator=ada)
    check = give(hers, {"tiers": right.body["tiers"][::-1], "unacceptable": []})
    client = signed_in(ada)

    listed = client.get(at("history")).content.decode()
    page = client.get(at("answer", check.pk)).content.decode()

    assert "0 %" in listed
    assert "one answer" in listed
    assert "This was a check" in page
    assert "It agrees with it by 0 %." in page


def test_whoever_was_shown_the_right_answer_cannot_take_it_over(
    project: Project, ada: User, mona: User
) -> None:
    right = make_gold(project, mona, k=2)
    make_task(project, "ranking", k=2)
    choose(project, gold_percent=20)
    hers = claim_next(project=project, annotator=ada)
    check = give(hers, {"tiers": right.body["tiers"][::-1], "unacceptable": []})
    client = signed_in(ada)
    begun = revise(annotation=check, by=ada)  # while nothing tells it apart
    choose(project, feedback=True)

    page = client.get(at("answer", check.pk)).content.decode()
    refused = client.post(at("answer_correct", check.pk))
    kept = client.post(at("answer_take_back", check.pk))

    assert "You have been told that this was a check, so your answer stays as it is." in page
    assert at("answer_correct", check.pk) not in page
    assert at("answer_take_back", check.pk) not in page
    assert (refused.status_code, kept.status_code) == (302, 409)
    with pytest.raises(ConflictError, match="You have been told that this was a check"):
        give(begun, {"tiers": right.body["tiers"], "unacceptable": []})
    assert CheckScore.objects.get().agreement == 0.0


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("becomes", ["without feedback", "part of the test"])
def test_what_was_shown_once_stays_seen(
    project: Project, ada: User, mona: User, seen: bool, becomes: str
) -> None:
    right = make_gold(project, mona, k=2)
    make_task(project, "ranking", k=2)
    choose(project, gold_percent=20, feedback=True)
    check = give(
        claim_next(project=project, annotator=ada),
        {"tiers": right.body["tiers"][::-1], "unacceptable": []},
    )
    client = signed_in(ada)
    for _ in range(2 * seen):
        assert "This was a check" in client.get(at("answer", check.pk)).content.decode()
    if becomes == "part of the test":
        golds.use_in_test(gold=right.task.gold, by=mona, is_test=True)
    else:
        choose(project, feedback=False)

    page = client.get(at("answer", check.pk)).content.decode()
    begun = client.post(at("answer_correct", check.pk))

    assert "This was a check" not in page
    assert (at("answer_correct", check.pk) in page) == (not seen)
    assert ("You have been told that this was a check" in page) == seen
    assert begun.status_code == (409 if seen else 302)


def test_at_rate_0_a_claim_draws_nothing(
    project: Project, ada: User, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_gold(project, mona)
    make_task(project, "ranking")
    monkeypatch.setattr(drawing, "chance", lambda: pytest.fail("drawn"))

    assert assigning.claim_next(project=project, annotator=ada).purpose == "label"
    choose(project, feedback=True)
    bob = make_member(project)
    make_task(project, "ranking")
    assert assigning.claim_next(project=project, annotator=bob).purpose == "label"
