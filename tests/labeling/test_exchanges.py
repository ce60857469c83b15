"""Live conversations turn by turn: each asked once, none lost, none of anybody else's."""

import json
from typing import Any

import pytest
from django.db.models import F

from accounts.models import User
from core.errors import BadInputError, ConflictError, NotFoundError
from labeling import exchanges
from labeling.assigning import claim_next, skip
from labeling.erasing import erase_answers
from labeling.exchanges import LONGEST, MOST_TURNS
from labeling.models import Assignment, Exchange, Project
from tests.factories import make_task
from tests.labeling.talking import answer, ask, model, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(project: Project, ada: User) -> Assignment:
    """A dialogue of Ada's, nothing said yet."""
    make_task(project, "dialogue")
    assignment = claim_next(project=project, annotator=ada)
    assert assignment is not None
    return assignment


def test_the_first_turn_is_the_prompts_own(found: Assignment) -> None:
    first = ask(found, 0, "ignored")

    assert (first.number, first.message, first.state) == (0, "", "waiting")
    assert len(set(first.seeds)) == 2
    assert exchanges.asked_of(first) == []


def test_the_conversation_goes_on_from_the_better_reply(found: Assignment) -> None:
    first = answer(ask(found, 0), swapped=True)
    second = answer(ask(found, 1, "Large?", better="A", strength=3), ["Seven.", "Eight."])
    third = ask(found, 2, "Why?", better=None, strength=0)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.choice == {"better": 1, "strength": 3, "both_bad": False}
    assert second.choice == {"better": None, "strength": 0, "both_bad": False}
    assert exchanges.asked_of(third) == [
        {"role": "assistant", "content": "An hour."},  # the second stood first, as A
        {"role": "user", "content": "Large?"},
        {"role": "assistant", "content": "Seven."},  # a tie goes on from A
        {"role": "user", "content": "Why?"},
    ]


def test_what_is_sent_twice_is_asked_once(found: Assignment) -> None:
    answer(ask(found, 0))
    turns = [ask(found, 1, "Large?", better="B", strength=1) for _ in range(2)]

    assert turns[0] == turns[1]
    assert Exchange.objects.count() == 2


def test_another_tab_that_has_gone_on_is_said(found: Assignment) -> None:
    answer(ask(found, 0))
    ask(found, 1, "Large?", better="B", strength=1)

    with pytest.raises(ConflictError, match="gone on elsewhere"):
        ask(found, 1, "Small?", better="A", strength=1)
    with pytest.raises(ConflictError, match="at another turn"):
        ask(found, 2, "And then?", better="A", strength=1)  # the second has no replies yet
    assert list(Exchange.objects.values_list("message", flat=True)) == ["", "Large?"]


@pytest.mark.parametrize(
    ("message", "choice", "said"),
    [
        ("  ", {"better": "A", "strength": 1}, "Write a message first"),
        ("x" * (LONGEST + 1), {"better": "A", "strength": 1}, "longer than 8000"),
        ("Why?", {}, "before you go on"),
        ("Why?", {"better": "A", "strength": 0}, "better and by how much"),
        ("Why?", {"better": None, "strength": 1}, "better and by how much"),
        ("Why?", {"better": "B", "strength": 1, "both_bad": True}, "better and by how much"),
        ("W\x00hy?", {"better": "A", "strength": 1}, "."),
    ],
)
def test_a_turn_that_is_not_whole_is_refused(
    found: Assignment, message: str, choice: dict[str, Any], said: str
) -> None:
    first = answer(ask(found, 0))

    with pytest.raises(BadInputError, match=said):
        ask(found, 1, message, **choice)

    first.refresh_from_db()
    assert (Exchange.objects.count(), first.choice) == (1, None)


def test_the_same_text_twice_is_a_tie(found: Assignment) -> None:
    answer(ask(found, 0), ["Six.", "Six."])
    with pytest.raises(BadInputError, match="Both texts are the same"):
        ask(found, 1, "Why?", better="A", strength=1)
    assert ask(found, 1, "Why?", better=None, strength=0).number == 1


def test_there_are_only_so_many_turns(found: Assignment) -> None:
    answer(ask(found, 0))
    Exchange.objects.update(number=F("number") + MOST_TURNS - 1)
    rows = [
        Exchange(assignment=found, number=number, version=model(), seeds=[1, 2], swapped=False)
        for number in range(MOST_TURNS - 1)
    ]
    Exchange.objects.bulk_create(rows)

    with pytest.raises(ConflictError, match="at most 20 turns"):
        ask(found, MOST_TURNS, "More?", better="A", strength=1)


def test_nobody_asks_in_the_task_of_another(found: Assignment, bob: User) -> None:
    found.annotator = bob
    with pytest.raises(NotFoundError):
        ask(found, 0)


def test_nothing_is_asked_in_a_task_that_is_over(found: Assignment) -> None:
    skip(assignment=found, reason="other: tired")
    with pytest.raises(ConflictError, match="already submitted or skipped"):
        ask(found, 0)


def test_who_goes_on_holds_the_task_anew(found: Assignment) -> None:
    answer(ask(found, 0))
    Assignment.objects.update(lease_until="2020-01-01T00:00Z")

    ask(found, 1, "Large?", better="B", strength=1)

    found.refresh_from_db()
    assert found.lease_until.year > 2020


def test_a_turn_keeps_the_first_replies_that_come(found: Assignment) -> None:
    first = answer(ask(found, 0))
    answer(first, ["Other.", "Replies."])
    exchanges.fail(pks=[first.pk], problem="poison")

    first.refresh_from_db()
    assert (first.state, first.replies[0]["text"]) == ("answered", "Six minutes.")


def test_replies_that_come_after_the_end_change_nothing(found: Assignment) -> None:
    late = ask(found, 0)
    Assignment.objects.update(state="submitted")

    assert answer(late).state == "waiting"


def test_what_a_person_said_is_erased_with_their_answers(
    found: Assignment, ada: User, mona: User
) -> None:
    talk(found)

    erase_answers(person=ada, by=mona, reason="her wish")

    assert not Exchange.objects.exists()


def test_no_page_of_an_annotator_names_the_model(found: Assignment, client: Any, ada: User) -> None:
    talk(found)
    client.force_login(ada)
    here = f"/projects/kitchen/assignments/{found.pk}/"

    page, part = client.get(here).content.decode(), client.get(f"{here}exchanges/")

    assert "Seven." in page
    assert "Seven." in json.loads(part.content)["html"]
    assert model().name not in page + part.content.decode()
