"""New annotators answer a test before their first task, and a manager decides."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling import revising
from labeling.assigning import claim_next
from labeling.checks import golds, screening
from labeling.models import Annotation, CheckScore, Gold, Project, Screening
from labeling.projects import add_member
from notices.models import Notice
from tests.factories import make_annotation, make_member, make_task, make_user
from tests.labeling.checks.test_drawing import choose, give
from tests.labeling.views.asking import at, send, signed_in


@pytest.fixture
def tests(project: Project, ada: User, mona: User) -> list[Annotation]:
    """Two gold tasks in the test, which is on; Ada was there before. One real task."""
    answers = [make_annotation(make_task(project, "ranking", k=2)) for _ in range(2)]
    for answer in answers:
        gold = golds.mark(annotation=answer, by=mona)
        golds.use_in_test(gold=gold, by=mona, is_test=True)
    project.tasks.update(state="done", free_slots=0)
    make_task(project, "ranking", overlap=5)
    screening.switch(project=project, by=mona, is_on=True)
    project.refresh_from_db()
    return answers


def newcomer(project: Project, name: str = "Nora") -> User:
    user = make_user(name)
    add_member(project=project, user=user, role="annotator", by=None)
    return user


def test_a_newcomer_is_tested_then_waits_then_works(
    project: Project, mona: User, tests: list[Annotation]
) -> None:
    nora = newcomer(project)
    for right, turned in zip(tests, (False, True), strict=True):
        hers = claim_next(project=project, annotator=nora)
        assert (hers.task_id, hers.purpose, hers.slot) == (right.task_id, "gold", 0)
        assert claim_next(project=project, annotator=nora) == hers
        tiers = right.body["tiers"][:: -1 if turned else 1]
        give(hers, {"tiers": tiers, "unacceptable": []})

    assert claim_next(project=project, annotator=nora) is None
    (result,) = screening.results(project)
    assert (result.answered, result.asked, result.is_reached) == (2, 2, False)
    assert (result.agreement.percent, result.agreement.n) == (50, 2)
    row = Screening.objects.get(annotator=nora)
    assert row.state == "waiting"

    screening.decide(row=row, by=mona, state=Screening.State.PASSED)
    assert claim_next(project=project, annotator=nora).purpose == "label"
    assert AuditEntry.objects.latest("pk").action == "screening.passed"


def test_who_was_there_and_who_reviews_is_not_tested(
    project: Project, ada: User, mona: User, tests: list[Annotation]
) -> None:
    for person in (ada, mona, make_member(project, role="reviewer")):
        assert claim_next(project=project, annotator=person).purpose == "label"


def test_a_second_try_keeps_the_first(
    project: Project, mona: User, tests: list[Annotation]
) -> None:
    nora = newcomer(project)
    for right in tests:
        hers = claim_next(project=project, annotator=nora)
        give(hers, {"tiers": right.body["tiers"][::-1], "unacceptable": []})
    claim_next(project=project, annotator=nora)
    row = Screening.objects.get(annotator=nora)

    screening.decide(row=row, by=mona, state=Screening.State.TEST)

    assert screening.results(project)[0].answered == 0
    for right in tests:
        hers = claim_next(project=project, annotator=nora)
        assert hers.task_id == right.task_id
        give(hers, right.body)
    assert claim_next(project=project, annotator=nora) is None
    (result,) = screening.results(project)
    assert (result.row.attempt, result.agreement.percent, result.is_reached) == (2, 100, True)
    given = Annotation.objects.filter(annotator=nora).order_by("pk")
    assert [a.standing for a in given] == ["superseded"] * 2 + ["check"] * 2
    assert CheckScore.objects.count() == 2


def test_test_tasks_are_mixed_in_for_nobody(
    project: Project, ada: User, tests: list[Annotation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labeling.checks.drawing.chance", lambda: 0.0)
    choose(project, gold_percent=20)

    assert claim_next(project=project, annotator=ada).purpose == "label"


def test_pages_say_what_is_waited_for(
    project: Project, mona: User, tests: list[Annotation]
) -> None:
    nora = newcomer(project)
    client, manager = signed_in(nora), signed_in(mona)

    def page() -> str:
        return client.get(at("label_next"), follow=True).content.decode()

    assert "This is a task of the test." in page()
    for _ in tests:
        hers = claim_next(project=project, annotator=nora)
        body = {"tiers": [hers.shown_order], "unacceptable": []}
        answer = send(client, hers, body=body).json()
    assert answer["task"] is None
    assert "You have answered the test" in page()
    seen = manager.get(at("checks")).content.decode()
    assert "The bound of 75 % is not reached." in seen
    for act, words in (
        ("fail", "You have not passed the test"),
        ("again", "This is a task of the test."),
        ("pass", "Rank the completions"),
    ):
        manager.post(at("screening_decide", nora.pk), {"act": act})
        assert words in page()
    assert manager.post(at("screening_decide", nora.pk), {"act": "x"}).status_code == 422


def test_it_is_not_switched_on_without_a_test(project: Project, mona: User) -> None:
    manager = signed_in(mona)
    form = {
        "gold_percent": 0,
        "repeat_percent": 0,
        "repeat_after": 20,
        "pass_percent": 80,
        "screening": "on",
    }

    refused = manager.post(at("checks"), form)
    gold = golds.mark(annotation=make_annotation(make_task(project)), by=mona)
    Gold.objects.filter(pk=gold.pk).update(is_test=True)
    stored = [manager.post(at("checks"), {**form, **off}) for off in ({}, {"screening": ""})]

    assert refused.status_code == 422
    assert "Put a gold task into the test first" in refused.content.decode()
    assert [answer.status_code for answer in stored] == [302, 302]
    project.refresh_from_db()
    assert (project.checks.screening_since, project.checks.pass_percent) == (None, 80)


def test_managers_are_told_who_waits_and_who_waited_what_was_decided(
    project: Project, mona: User, tests: list[Annotation]
) -> None:
    def told() -> list[tuple[User, str, str]]:
        return [(row.user, row.text, row.link) for row in Notice.objects.order_by("pk")]

    nora = newcomer(project)
    for right in tests:
        give(claim_next(project=project, annotator=nora), right.body)
    Notice.objects.all().delete()
    claim_next(project=project, annotator=nora)
    claim_next(project=project, annotator=nora)
    waits = "Nora has answered the test of “Kitchen” and waits for a decision."
    assert told() == [(mona, waits, at("checks"))]

    for state in (Screening.State.FAILED, Screening.State.TEST, Screening.State.PASSED):
        Notice.objects.all().delete()
        screening.decide(row=Screening.objects.get(annotator=nora), by=mona, state=state)
        ((whom, text, link),) = told()
        assert (whom, link) == (nora, at("project"))
    assert text == "You have passed the test of “Kitchen”: go on."


def test_answers_to_the_test_stay_once_a_manager_has_decided(
    project: Project, mona: User, tests: list[Annotation]
) -> None:
    nora = newcomer(project)
    for right in tests:
        hers = claim_next(project=project, annotator=nora)
        given = give(hers, {"tiers": right.body["tiers"][::-1], "unacceptable": []})
    claim_next(project=project, annotator=nora)
    row = Screening.objects.get(annotator=nora)
    given.task.project = project
    before = revising.may_correct(given), revising.may_take_back(given)

    screening.decide(row=row, by=mona, state=Screening.State.FAILED)

    assert before == (True, True)
    assert (revising.may_correct(given), revising.may_take_back(given)) == (False, False)
    for act in (revising.revise, revising.take_back):
        with pytest.raises(ConflictError, match="decided on the test"):
            act(annotation=given, by=nora)
