"""Who orders texts reliably: for managers, with the labels behind it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labeling.models import Project, Role
from quality.models import Reliability
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, signed_in
from tests.quality.conftest import ranked_twice
from tests.quality.views.test_agreement import words


@pytest.fixture
def mona(project: Project) -> Client:
    """The manager's browser."""
    return signed_in(make_member(project, "Mona", Role.MANAGER))


def test_the_least_reliable_come_first_with_the_labels_behind_it(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    now = timezone.now()
    for person, value, answers in (
        (ada, 0.914, 40),
        (bob, 0.31, 35),
        (make_member(project), 0.6, 29),
    ):
        figures = {
            "low": value - 0.1,
            "high": value + 0.05,
            "answers": answers,
            "gold": answers // 10,
            "pairs": 60 * answers,
        }
        Reliability.objects.create(
            project=project, person=person, value=value, computed_at=now, **figures
        )

    page = words(mona)

    told = page.partition("Who orders texts reliably")[2]
    assert (
        "from people’s rankings and comparisons of the same texts, the newest 10,000 tasks" in told
    )
    assert "no verdict: nothing happens by itself" in told
    assert "An answer to a gold task is compared with the right answer only" in told
    assert "Answers that can be compared Of them to gold tasks Pairs of texts" in told
    assert "Bob 0.31 0.21 to 0.36 35 3 2,100 Review the answers : Bob" in told
    assert "told from 30 answers on, or 10 to gold tasks 29 2 1,740" in told
    assert "Ada 0.91 0.81 to 0.96 40 4 2,400" in told
    assert told.index("Bob") < told.index("told from 30") < told.index("Ada")
    given = make_annotation(make_task(project), annotator=bob)
    asked = mona.post(at("review_next"), {"queue": "person", "person": bob.pk})
    assert asked.headers["Location"].startswith(at("label", given.pk))
    assert f'name="person" value="{bob.pk}"' in mona.get(at("agreement")).content.decode()


def test_ten_answers_to_gold_tasks_are_enough_to_tell_of_somebody(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    for person, gold in ((ada, 10), (bob, 9)):
        figures = {"value": 0.9, "low": 0.8, "high": 1, "answers": 12, "gold": gold, "pairs": 72}
        now = timezone.now()
        Reliability.objects.create(project=project, person=person, computed_at=now, **figures)

    told = words(mona).partition("Who orders texts reliably")[2]

    assert "Ada 0.90 0.80 to 1.00 12 10 72" in told
    assert "Bob told from 30 answers on, or 10 to gold tasks 12 9 72" in told


def stored(project: Project, person: User, **figures: float) -> None:
    usual = {"value": 0.9, "low": 0.8, "high": 1, "answers": 40, "gold": 4, "pairs": 2400}
    now = timezone.now()
    Reliability.objects.create(
        project=project, person=person, computed_at=now, **{**usual, **figures}
    )


def test_a_persons_page_has_the_figure_with_its_interval_for_managers(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    for person in (ada, bob, eve := make_member(project, "Eve")):
        make_annotation(make_task(project), annotator=person)
    refresh(project.pk)
    stored(project, ada, value=0.914)
    stored(project, bob, answers=12, gold=9)

    def told(client: Client, name: str, *args: int) -> str:
        _before, _title, card = words(client, "", name, *args).partition("How reliably they order")
        return card.partition("Agreement with gold")[0]

    known, few, unknown = (told(mona, "person", one.pk) for one in (ada, bob, eve))
    assert "Reliability 0.91 0.80 to 1.00 1 follows the order that all answers" in known
    assert "From 40 answers that can be compared, 4 of them to gold tasks; 2,400 pairs" in known
    assert "Told from 30 answers that can be compared on, or 10 to gold tasks" in few
    assert "0.90" not in few
    assert "Not known yet: it takes rankings or comparisons" in unknown
    assert told(signed_in(ada), "own_figures") == ""  # as for all annotators


def test_the_figure_stands_beside_the_names_of_those_who_are_reviewed(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    for person in (ada, bob):
        make_annotation(make_task(project), annotator=person)
    stored(project, ada, value=0.914)
    stored(project, bob, answers=12, gold=9)
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))

    managers, reviewers = (words(client, "", "review") for client in (mona, rita))

    assert "Ada · 0.91 (0.80 to 1.00) Bob Beside the names: how reliably they order" in managers
    assert "Ada Bob Start" in reviewers


def test_where_nobody_ordered_what_others_did_it_says_what_it_takes(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    task = make_task(project, overlap=2)
    make_annotation(task, annotator=ada)
    make_annotation(task, annotator=bob)
    refresh(project.pk)

    told = words(mona).partition("Who orders texts reliably")[2]

    assert "Not known yet: it takes rankings or comparisons of the same texts" in told
    assert "With one answer a task and no gold nobody can be told from anybody." in told


def test_it_is_for_managers(project: Project, ada: User, bob: User) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    refresh(project.pk)

    assert "reliably" not in words(signed_in(make_member(project, "Rita", Role.REVIEWER)))


def test_in_chinese(project: Project, ada: User, bob: User) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    refresh(project.pk)
    mona = signed_in(make_member(project, "Mona", Role.MANAGER, language="zh-hans"))

    page = words(mona)

    assert "谁对文本的排序可靠" in page
    assert re.search(r"从 30 个回答或 10 个标准任务的回答起才显示 2 0 12", page)
