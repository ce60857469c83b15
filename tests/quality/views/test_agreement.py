"""The page of agreement, for reviewers and managers."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labeling.models import Annotation, Project, Role
from quality.models import ProjectFigures
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, signed_in
from tests.quality.conftest import rank, ranked_twice


@pytest.fixture
def mona(project: Project) -> Client:
    """The manager's browser."""
    return signed_in(make_member(project, "Mona", Role.MANAGER))


def words(client: Client, query: str = "", name: str = "agreement", *args: int) -> str:
    """The text of the page without its markup."""
    answer = client.get(at(name, *args) + query)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def test_figures_have_intervals_a_meaning_and_the_published_band(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=30)
    refresh(project.pk)

    page = words(mona)

    assert "From 30 tasks that two or more people answered" in page
    assert "Pairwise agreement 83.3 % 83.3 % to 83.3 % How often two people" in page
    assert "InstructGPT&#x27;s labelers: 72.6 to 77.3 %; Anthropic&#x27;s HH: about 63 %" in page
    assert "Agreement beyond chance 0.67 0.67 to 0.67" in page
    assert "By pair of people Tasks" in page
    assert "Ada · Bob 30 83.3 %" in page
    assert "Computed" in page


def test_too_few_tasks_are_counted_instead(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=4)
    refresh(project.pk)

    page = words(mona)

    assert "4 tasks have answers of two or more people. Figures are shown from 30 on: 26" in page
    assert "Ada · Bob 4 26 more tasks needed" in page
    assert "83.3" not in page.partition("Tasks with the least agreement")[0]


def test_the_tasks_with_the_least_agreement_lead_to_their_answers(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    tasks = [make_task(project, "ranking", overlap=2) for _ in range(3)]
    for task, order in zip(tasks, ["a>b>c>d", "d>c>b>a", "a>b>d>c"], strict=True):
        rank(task, ada, "a>b>c>d")
        rank(task, bob, order)
    refresh(project.pk)

    page = mona.get(at("agreement")).content.decode()
    listed = [int(pk) for pk in re.findall(r'/labels/\?task=(\d+)"', page)]

    assert listed == [tasks[1].pk, tasks[2].pk, tasks[0].pk]
    rows = words(mona).partition("Tasks with the least agreement")[2]
    assert re.findall(r"\? (\d+ \d+ [\d.]+ %)", rows) == ["1 2 0.0 %", "1 2 83.3 %", "1 2 100.0 %"]
    answers = mona.get(at("labels") + f"?task={tasks[1].pk}").content.decode()
    assert len(re.findall(r'href="/projects/kitchen/labels/\d+/"', answers)) == 2


def test_each_kind_has_a_page_of_its_own(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    task = make_task(project, overlap=2)
    make_annotation(task, annotator=ada)
    make_annotation(task, annotator=bob)
    refresh(project.pk)

    assert "Tasks Pairwise agreement" in words(mona)
    texts = words(mona, "?kind=demonstration")
    assert "Tasks Alike in their letters" in texts
    assert "Pairwise agreement" not in texts
    assert "Tasks Pairwise agreement" in words(mona, "?kind=nonsense")


def test_an_empty_page_says_how_to_get_the_first_figure(project: Project, mona: Client) -> None:
    Project.objects.filter(pk=project.pk).update(overlap=1)
    assert "Set “answers per task” above 1 in the settings" in words(mona)
    assert at("project_settings") in mona.get(at("agreement")).content.decode()
    Project.objects.filter(pk=project.pk).update(overlap=2)
    assert "after a second person has answered a task" in words(mona)


def test_it_costs_the_same_however_much_there_is(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    counts = []
    for people in ((ada, bob), (bob, make_member(project)), (ada, make_member(project))):
        ranked_twice(project, *people, ("a>b>c>d", "a>b>d>c"), count=6)
        refresh(project.pk)
        with CaptureQueriesContext(connection) as captured:
            words(mona)
        counts.append(len(captured))

    # The session, the member, the figures, names, the least tasks.
    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_the_page_in_chinese(project: Project, ada: User, bob: User) -> None:
    reader = make_member(project, "Rita", Role.REVIEWER, language="zh-hans")
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=30)
    refresh(project.pk)

    page = words(signed_in(reader))

    assert "两两一致率 83.3 % 83.3 % 至 83.3 %" in page
    assert "一致性最低的任务" in page


def test_groups_of_a_kind_that_is_gone_do_no_harm(project: Project, mona: Client) -> None:
    gone = {"kind": "gone", "by": "all", "value": "", "tasks": 40, "figures": {}}
    ProjectFigures.objects.create(project=project, groups=[gone])

    assert "after a second person has answered a task" in words(mona)


def test_answers_are_filtered_by_the_agreement_on_their_task(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"))
    (odd,) = ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"))
    (half,) = ranked_twice(project, ada, bob, ("a>b>c>d", "a=b=c=d"))
    refresh(project.pk)

    def listed(percent: int) -> set[int]:
        page = mona.get(at("labels") + f"?agreement={percent}").content.decode()
        keys = re.findall(r'href="/projects/kitchen/labels/(\d+)/"', page)
        return set(Annotation.objects.filter(pk__in=keys).values_list("task", flat=True))

    assert listed(0) == {odd.pk}
    assert listed(50) == {odd.pk, half.pk}
    assert len(listed(100)) == 3
