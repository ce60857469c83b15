"""A person's figures: one's own, and for managers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from labeling.checks import golds, scoring
from labeling.erasing import erase_answers
from labeling.models import Annotation, CheckSettings, Project, Role
from quality.models import PersonFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task, make_user
from tests.labeling.views.asking import at, signed_in, skip_task
from tests.quality.conftest import rank, ranked_twice
from tests.quality.views.test_agreement import words


def body(person: User) -> dict[str, object]:
    return PersonFigures.objects.get(person=person).body


@pytest.fixture
def mona(project: Project) -> Client:
    """The manager's browser."""
    return signed_in(make_member(project, "Mona", Role.MANAGER))


def test_work_is_counted_by_kind_with_its_median(project: Project, ada: User) -> None:
    for seconds in (10, 20, 60):
        make_annotation(make_task(project), annotator=ada, active_seconds=seconds)
    make_annotation(make_task(project), annotator=ada, active_seconds=5, standing="superseded")
    make_annotation(make_task(project), annotator=ada, active_seconds=7, standing="excluded")
    make_annotation(make_task(project), annotator=ada, active_seconds=1, purpose="decision")
    refresh(project.pk)

    assert body(ada)["kinds"] == [
        {"kind": "demonstration", "answers": 4, "seconds": 97, "median": 15.0}
    ]


def test_places_straight_lines_and_length_by_hand(project: Project, ada: User) -> None:
    """Eleven times the first of two is best, once the second; the long text always wins.

    The chance of 11 or 12 firsts, or as few, of 12 is 2 * 13 / 4096.
    """
    for number in range(12):
        order = ["Short.", "A text of five words."] if number == 11 else ["A b c d.", "Short."]
        task = make_task(project, "ranking", texts=order)
        rank(task, ada, "b>a" if number == 11 else "a>b", active_seconds=10)
    refresh(project.pk)

    found = body(ada)["habits"]
    assert isinstance(found, list)
    (habits,) = found
    first, second = habits["places"]
    assert (first["of"], first["place"], first["n"]) == (2, 1, 12)
    assert first["value"] == pytest.approx(11 / 12)
    assert first["p"] == pytest.approx(2 * 13 / 4096)
    assert second["value"] == pytest.approx(1 / 12)
    # 11 alike of 12 begin at one of two places, each a chance of 1/2 to the tenth.
    assert habits["run"] == {"length": 11, "chance": pytest.approx(2 / 1024), "pattern": [0, 1]}
    assert habits["length"] is None  # all agree: no finite slope tells how much


def test_the_preference_for_length(project: Project, ada: User) -> None:
    """Twice as long is preferred three times of four: odds of 3."""
    for number in range(40):
        task = make_task(project, "ranking", texts=["One two three four.", "One two."])
        rank(task, ada, "b>a" if number % 4 == 0 else "a>b")
    refresh(project.pk)

    (habits,) = body(ada)["habits"]  # type: ignore[misc]
    assert habits["length"]["value"] == pytest.approx(3.0)
    assert (habits["length"]["pairs"], habits["length"]["n"]) == (40, 40)


def test_reading_faster_than_anybody_can_is_marked(project: Project, ada: User) -> None:
    """238 words in 60 seconds is the usual; in 15 four times as fast, in none over any."""
    text = "word " * 230
    for seconds in (120, 60, 15, 0):
        task = make_task(project, "ranking", texts=[text, "Short."])
        rank(task, ada, "a>b", active_seconds=seconds)
    refresh(project.pk)

    assert body(ada)["reading"] == {"bars": [0, 0, 1, 1, 0, 2], "answers": 4, "too_fast": 2}


def test_weeks_have_answers_and_agreement(project: Project, ada: User, bob: User) -> None:
    old, new = ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    now = timezone.now()
    Annotation.objects.filter(task=new).update(active_seconds=8)
    earlier = now - timedelta(weeks=2)
    Annotation.objects.filter(task=old).update(created_at=earlier, active_seconds=30)
    refresh(project.pk)

    def monday(day: timezone.datetime) -> str:
        return (day - timedelta(days=day.weekday())).date().isoformat()

    week = {"kind": "ranking", "answers": 1, "agreement": pytest.approx(5 / 6), "pairs": 1}
    assert body(ada)["weeks"] == [
        {"week": monday(now), "median": 8.0, **week},
        {"week": monday(earlier), "median": 30.0, **week},
    ]


def test_the_page_shows_it_to_managers_and_to_oneself(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=30)
    skip_task(project, ada, "unsafe")
    refresh(project.pk)

    own = words(signed_in(ada), name="own_figures")
    theirs = mona.get(at("person", ada.pk)).content.decode()

    for text in ("no verdict", "Agreement with others: Rankings", "From 30 tasks", "83.3"):
        assert text in own
        assert text in theirs
    assert "Unsafe or disturbing content: 1" in own
    assert "Their answers" in theirs
    assert at("person", ada.pk) in mona.get(at("members")).content.decode()
    assert at("own_figures") in signed_in(ada).get(at("history")).content.decode()


def test_speeds_days_and_numbers_are_written_for_people(project: Project, ada: User) -> None:
    """Bars of the distribution in words, a Monday as the reader's language has it, 2,000."""
    text = "word " * 230
    for seconds in (300, 121, 61, 31, 16, 0):
        task = make_task(project, "ranking", texts=[text, "Short."])
        rank(task, ada, "a>b", active_seconds=seconds)
    refresh(project.pk)
    figures = PersonFigures.objects.get(person=ada)
    figures.body["weeks"][0]["week"] = "2026-11-23"
    figures.save()

    page = words(signed_in(ada), name="own_figures")

    told = page.partition("How many answers took how long")
    assert "How long 6 answers took (of the newest 2,000). The usual time is what people" in told[0]
    assert (
        told[2]
        .strip()
        .startswith(
            "Over four times the usual time 1 1 Two to four times the usual time 1 1"
            " The usual time, up to twice that 1 1 Up to twice as fast as usual 1 1"
            " Two to four times as fast as usual too fast to have read all 1 1"
            " Over four times as fast as usual too fast to have read all 1 1"
            " 2 of 6 answers were given in half of the usual time or less"
        )
    )
    assert "23 Nov 2026" in page
    assert "at most the newest 2,000" in page
    User.objects.filter(pk=ada.pk).update(language="zh-hans")
    chinese = words(signed_in(ada), name="own_figures")
    assert "2026年11月23日" in chinese
    assert "通常用时的两到四倍" in chinese


def test_others_have_no_page(project: Project, ada: User, mona: Client) -> None:
    stranger = make_user()
    gone = make_member(project)
    make_annotation(make_task(project), annotator=gone)
    project.memberships.filter(user=gone).delete()

    assert mona.get(at("person", stranger.pk)).status_code == 404
    assert mona.get(at("person", gone.pk)).status_code == 200  # the answers are still there
    assert signed_in(ada).get(at("person", ada.pk)).status_code == 403


def test_an_empty_page_says_when_figures_come(project: Project, ada: User) -> None:
    page = words(signed_in(ada), name="own_figures")

    assert "They appear about a minute after the first answer" in page


def test_the_page_costs_the_same_however_much_there_is(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    counts = []
    for count in (1, 5):
        ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=count)
        make_annotation(make_task(project), annotator=ada)
        refresh(project.pk)
        with CaptureQueriesContext(connection) as captured:
            mona.get(at("person", ada.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 10


def test_only_people_with_new_answers_are_computed_again(
    project: Project, ada: User, bob: User
) -> None:
    eve = make_member(project, "Eve")
    make_annotation(make_task(project), annotator=eve)
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"))
    Annotation.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    refresh(project.pk)
    PersonFigures.objects.update(computed_at=None)
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"))
    refresh(project.pk)

    fresh = PersonFigures.objects.exclude(computed_at=None).values_list("person", flat=True)
    assert set(fresh) == {ada.pk, bob.pk}


def test_the_page_in_chinese(project: Project, ada: User, bob: User) -> None:
    User.objects.filter(pk=ada.pk).update(language="zh-hans")
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    refresh(project.pk)
    ada.refresh_from_db()

    page = words(signed_in(ada), name="own_figures")

    assert "并非结论" in page
    assert "有 2 个任务由两人或更多人作答" in page


def test_checks_are_shown_to_managers_and_where_the_project_wants_it(
    project: Project, ada: User, mona: Client
) -> None:
    right = make_annotation(make_task(project, "ranking", k=2))
    golds.mark(annotation=right, by=right.annotator)
    given = make_annotation(right.task, right.body, annotator=ada, purpose="gold", standing="check")
    scoring.score(given)
    make_annotation(make_task(project), annotator=ada)
    refresh(project.pk)
    client = signed_in(ada)

    def pages() -> list[bool]:
        own, managers = client.get(at("own_figures")), mona.get(at("person", ada.pk))
        return ["with gold" in page.content.decode() for page in (managers, own)]

    assert pages() == [True, False]
    CheckSettings.objects.create(project=project, feedback=True)
    assert pages() == [True, True]


def test_nothing_is_left_of_erased_answers(project: Project, ada: User, bob: User) -> None:
    root = make_user("Root", is_superuser=True)
    (task,) = ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"))
    refresh(project.pk)
    erase_answers(person=ada, by=root, reason="Asked for it.")
    refresh(project.pk)

    assert not TaskAgreement.objects.filter(task=task).exists()
    assert body(ada)["kinds"] == body(ada)["habits"] == body(ada)["agreement"] == []
    assert body(bob)["agreement"] == []


def test_only_who_may_change_the_settings_reads_of_them(project: Project, ada: User) -> None:
    make_annotation(make_task(project), annotator=ada)
    refresh(project.pk)
    boss = signed_in(make_member(project, "Mona", Role.MANAGER))

    own = words(signed_in(ada), "", "own_figures")
    theirs = words(boss, "", "person", ada.pk)

    for page, is_told in ((own, False), (theirs, True)):
        assert "Nobody else has answered the same tasks yet." in page
        assert ("above 1 in the settings" in page) is is_told
