"""What a person answered is erased: its words go, the rest of the record holds."""

import pytest

from accounts.models import User
from core.errors import ConflictError
from labeling import reviewing
from labeling.assigning import claim_next, skip
from labeling.deciding import decide
from labeling.erasing import erase_answers
from labeling.models import Annotation, Assignment, Project, Review, Role
from labeling.revising import revise
from labeling.submitting import submit
from tests.factories import make_member, make_task
from tests.labeling.views.asking import at, signed_in


def answer(assignment: Assignment | None, text: str = "Six.") -> Annotation:
    """Submit it."""
    assert assignment is not None
    return submit(
        assignment=assignment,
        body={"text": text},
        client_key=assignment.client_key,
        active_seconds=7,
    )


def erase(person: User, mona: User) -> int:
    """At their wish."""
    return erase_answers(person=person, by=mona, reason="Erased")


def test_words_go_and_the_task_is_asked_again(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    make_task(project)
    first = answer(claim_next(project=project, annotator=ada), "Slip.")
    again = revise(annotation=first, by=ada)
    answer(again, "Six.")

    assert erase(ada, mona) == 2

    rows = list(Annotation.objects.order_by("pk").values_list("standing", "body", "active_seconds"))
    assert rows == [("superseded", {}, 7), ("erased", {}, 7)]
    assert Annotation.objects.counted().count() == 0
    assert [r.text for r in Review.objects.filter(verb="excluded")] == ["Erased"]
    assert claim_next(project=project, annotator=bob) is not None
    assert erase(ada, mona) == 0


def test_a_task_that_was_trained_on_is_not_asked_again(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project)
    answer(claim_next(project=project, annotator=ada))
    Project.objects.update(frozen_round=1)

    erase(ada, mona)

    assert project.tasks.get().state == "withdrawn"


def test_drafts_notes_and_comments_go(project: Project, ada: User, mona: User) -> None:
    for _ in range(3):
        make_task(project)
    skipped = claim_next(project=project, annotator=ada)
    assert skipped is not None
    skip(assignment=skipped, reason="other: my own doctor")
    given = answer(claim_next(project=project, annotator=ada))
    reviewing.comment(annotation=given, by=ada, text="As my mother did.")
    begun = claim_next(project=project, annotator=ada)
    assert begun is not None
    Assignment.objects.filter(pk=begun.pk).update(draft={"text": "Half"})

    erase(ada, mona)

    rows = ada.assignments.order_by("pk").values_list("state", "draft", "skip_reason")
    assert list(rows) == [("skipped", None, "other"), ("void", None, ""), ("expired", None, "")]
    assert set(Review.objects.filter(actor=ada).values_list("text", flat=True)) == {""}
    for task in project.tasks.all():
        assert task.free_slots == task.overlap - task.assignments.live().count()


def test_where_a_decision_goes_the_others_count_again(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project)
    hers = answer(claim_next(project=project, annotator=ada))
    rita = make_member(project, "Rita", Role.REVIEWER)
    answer(decide(task=hers.task, by=rita), "Nine.")

    erase(rita, mona)

    rows = Annotation.objects.order_by("pk").values_list("standing", "body")
    assert list(rows) == [("counts", {"text": "Six."}), ("erased", {})]
    assert project.tasks.get().state == "done"


def test_an_erased_answer_is_listed_as_such_and_does_not_come_back(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project, "ranking")
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    given = submit(
        assignment=hers,
        body={"tiers": [hers.shown_order], "unacceptable": []},
        client_key=hers.client_key,
        active_seconds=1,
    )
    erase(ada, mona)
    client = signed_in(mona)

    for page in (at("labels"), at("label", given.pk), at("labels") + "?standing=erased"):
        assert "Erased" in client.get(page).content.decode()
    given.refresh_from_db()
    assert not any(reviewing.may(given)[act] for act in ("send_back", "exclude", "include"))
    with pytest.raises(ConflictError):
        reviewing.include(annotation=given, by=mona)
