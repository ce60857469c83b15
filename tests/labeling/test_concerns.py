"""Concerns and a comment go with an answer of any kind."""

from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from core.errors import BadInputError, ConflictError
from labeling.answer_filter import AnswerFilter
from labeling.assigning import claim_next
from labeling.erasing import erase_answers
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project, ReviewItem, Role
from labeling.revising import revise
from labeling.submitting import submit
from tests.factories import make_member, make_task
from tests.labeling.answers import body_for
from tests.labeling.views.asking import at, send, signed_in


def answer(found: Assignment | None, **beside: Any) -> Annotation:
    """Submit it with what goes beside it."""
    assert found is not None
    body = body_for(found)
    return submit(
        assignment=found, body=body, client_key=found.client_key, active_seconds=7, **beside
    )


def waiting() -> list[tuple[str, int]]:
    """What reviewers find: queue and answer."""
    return list(ReviewItem.objects.order_by("pk").values_list("queue", "annotation"))


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_takes_them_and_none_has_them_in_its_body(
    project: Project, ada: User, kind: str
) -> None:
    make_task(project, kind)
    found = claim_next(project=project, annotator=ada)
    assert found is not None

    given = answer(found, concerns=["broken", "unsafe", "broken"], comment=" Ends early. ")

    row = Annotation.objects.get()
    assert row == given
    assert (row.concerns, row.comment) == (["unsafe", "broken"], "Ends early.")
    assert (row.standing, row.body) == ("counts", body_for(found))


def test_reviewers_find_each_in_the_queue_that_it_asks_for(project: Project, ada: User) -> None:
    given = []
    for beside in (
        {},
        {"comment": "See the end."},
        {"concerns": ["personal_data"]},
        {"concerns": ["broken", "needs_expert"], "comment": "Ask a nurse."},
    ):
        make_task(project)
        given.append(answer(claim_next(project=project, annotator=ada), **beside).pk)

    assert waiting() == [
        ("replies", given[1]),
        ("concerns", given[2]),
        ("replies", given[3]),
        ("expert", given[3]),
    ]


def test_a_correction_begins_with_them_and_takes_their_place(project: Project, ada: User) -> None:
    make_task(project)
    first = answer(claim_next(project=project, annotator=ada), concerns=["unsafe"], comment="Ugh.")

    again = revise(annotation=first, by=ada)
    assert again.draft == {
        **first.body,
        "remark": {"comment": "Ugh.", "concerns": ["unsafe"]},
    }
    second = answer(again, comment="No, fine.")

    rows = Annotation.objects.order_by("pk").values_list("pk", "concerns", "comment", "standing")
    assert list(rows) == [
        (first.pk, ["unsafe"], "Ugh.", "superseded"),
        (second.pk, [], "No, fine.", "counts"),
    ]


def test_sent_again_it_is_the_same_answer_only_with_the_same_remark(
    project: Project, ada: User
) -> None:
    make_task(project)
    found = claim_next(project=project, annotator=ada)
    first = answer(found, concerns=["unsafe"])

    assert answer(found, concerns=["unsafe"]) == first
    for other in ({}, {"concerns": ["broken"]}, {"concerns": ["unsafe"], "comment": "More."}):
        with pytest.raises(ConflictError, match="already submitted"):
            answer(found, **other)


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        ({"concerns": ["ugly"]}, "concerns"),
        ({"comment": "x" * 4001}, "comment"),
        ({"comment": "a\0b"}, "comment"),
    ],
)
def test_what_cannot_be_stored_is_said(
    project: Project, ada: User, beside: dict[str, Any], field: str
) -> None:
    make_task(project)
    found = claim_next(project=project, annotator=ada)

    with pytest.raises(BadInputError) as caught:
        answer(found, **beside)

    assert list(caught.value.errors) == [field]
    assert Annotation.objects.count() == 0


def test_lists_are_filtered_by_them(project: Project, ada: User) -> None:
    given = []
    for concerns in ([], ["unsafe"], ["broken", "unsafe"], ["broken"]):
        make_task(project)
        given.append(answer(claim_next(project=project, annotator=ada), concerns=concerns).pk)

    def found(query: str) -> list[int]:
        form = AnswerFilter(QueryDict(query), project=project)
        assert form.is_valid()
        return sorted(form.answers().values_list("pk", flat=True))

    assert found("concern=any") == given[1:]
    assert found("concern=unsafe") == given[1:3]
    assert found("concern=needs_expert") == []
    assert found("") == given


def test_pages_show_them_to_the_annotator_and_the_reviewers(project: Project, ada: User) -> None:
    make_task(project)
    hers = signed_in(ada)
    found = claim_next(project=project, annotator=ada)
    assert found is not None
    sent = send(hers, found, concerns=["broken"], comment="Ends <early>.")
    pk = sent.json()["annotation"]
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))

    own = hers.get(at("answer", pk)).content.decode()
    theirs = rita.get(at("label", pk)).content.decode()
    listed = rita.get(at("labels")).content.decode()

    for page in (own, theirs):
        assert "Broken: cut off, garbled or empty" in page
        assert "Ends &lt;early&gt;." in page
    assert '<td class="small">Broken: cut off, garbled or empty</td>' in listed
    begin = rita.post(at("review_next"), {"queue": "concerns"})
    assert begin["Location"] == at("label", pk) + "?queue=concerns"


def test_they_go_with_what_is_erased(project: Project, ada: User, mona: User) -> None:
    make_task(project)
    first = answer(claim_next(project=project, annotator=ada), concerns=["unsafe"], comment="Ugh.")
    answer(revise(annotation=first, by=ada), concerns=["unsafe"], comment="Ugh!")

    erase_answers(person=ada, by=mona, reason="Erased")

    rows = Annotation.objects.values_list("concerns", "comment")
    assert list(rows) == [([], "")] * 2
