"""The queue over HTTP: what it shows, and what managers do there."""

import re

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from labeling.assigning import claim_next
from labeling.models import Project, Role, Task
from tests.factories import make_member, make_prompt, make_task
from tests.labeling.test_statements import statements
from tests.labeling.views.asking import at, signed_in
from web.auditing import details


@pytest.fixture
def client(mona: User) -> Client:
    """The manager's browser."""
    return signed_in(mona)


def text(page: str) -> str:
    """A page as words."""
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def listed(client: Client, query: str = "") -> list[int]:
    """The tasks that the list shows, in its order."""
    page = client.get(at("queue") + query).content.decode()
    return [int(pk) for pk in re.findall(r"/projects/kitchen/tasks/(\d+)/steer/", page)]


def test_the_list_is_filtered_and_paged(project: Project, client: Client) -> None:
    german = make_prompt(project, language="de")
    found = {
        "": make_task(project),
        "kind=ranking": make_task(project, "ranking"),
        "language=de": make_task(project, prompt=german),
        "round=2": make_task(project, round_number=2),
    }
    gone = make_task(project)
    Task.objects.filter(pk=gone.pk).update(state="withdrawn")

    assert listed(client) == [task.pk for task in reversed(found.values())]
    assert {q: listed(client, f"?{q}") for q in found if q} == {
        q: [task.pk] for q, task in found.items() if q
    }
    assert listed(client, "?state=withdrawn") == [gone.pk]
    assert listed(client, f"?before={found['language=de'].pk}") == [
        found["kind=ranking"].pk,
        found[""].pk,
    ]
    assert client.get(at("queue") + "?kind=nonsense").status_code == 422
    assert "Nothing fits this filter" in client.get(at("queue") + "?round=7").content.decode()


def test_a_page_costs_the_same_statements(project: Project, client: Client) -> None:
    def asked() -> list[str]:
        return statements(lambda: client.get(at("queue")))

    for _ in range(2):
        make_task(project)
    few = asked()
    for number in range(4):
        make_task(project, "ranking", overlap=2)
        claim_next(project=project, annotator=make_member(project, f"Eve {number}"))

    assert few == [
        "SELECT accounts_session",  # and the person
        "SELECT labeling_project",  # and the place in it
        "SELECT labeling_assignment",  # who holds what
        "WITH labeling_task",  # the counts
        "SELECT labeling_annotation",  # the last days' answers
        "SELECT labeling_task",  # the page
        "SELECT labeling_membership",  # who is given what
        "SELECT notices_notice",  # the bell
    ]
    assert asked() == few


def test_chosen_and_drawn_tasks_are_told_apart(project: Project, client: Client) -> None:
    for _ in range(2):
        make_task(project)
    chosen = make_task(project, is_chosen=True)

    def counted(query: str) -> tuple[int, int]:
        """How many are listed, and how many on all pages."""
        context = client.get(at("queue") + query).context
        return len(context["tasks"]), context["shown"]

    assert (counted("?choice=chosen"), counted("?choice=drawn")) == ((1, 1), (2, 2))
    assert counted("?choice=chosen&kind=ranking") == (0, 0)
    form = {"choice": "chosen", "state": "open", "act": "later", "sure": "yes"}
    done = client.post(at("queue_act"), form)
    assert done["Location"] == at("queue") + "?state=open&choice=chosen"
    later = [task.pk for task in project.tasks.all() if task.urgency == "later"]
    assert later == [chosen.pk]
    told = AuditEntry.objects.latest("pk").details
    assert "chosen by models: Chosen" in details.told(told, {})


def test_one_task_is_steered_and_the_page_comes_back(project: Project, client: Client) -> None:
    task = make_task(project)
    form = {"act": "now", "next": at("queue") + "?round=1"}

    page = client.post(at("task_steer", task.pk), form, follow=True)

    assert page.redirect_chain == [(at("queue") + "?round=1", 302)]
    assert "1 task is asked now." in text(page.content.decode())
    task.refresh_from_db()
    assert task.urgency == "now"
    assert client.post(at("task_steer", task.pk), {"act": "reopen"}).status_code == 409
    assert client.post(at("task_steer", task.pk), {"act": "burn"}).status_code == 422


def test_all_that_the_filter_shows_is_asked_about_first_and_taken_back(
    project: Project, ada: User, client: Client
) -> None:
    rankings = [make_task(project, "ranking") for _ in range(3)]
    other = make_task(project)
    claim_next(project=project, annotator=ada, kind="ranking")
    form = {"kind": "ranking", "state": "open", "act": "withdraw"}

    page = text(client.get(at("queue") + "?kind=ranking").content.decode())
    question = text(client.post(at("queue_act"), form).content.decode())

    assert "All 3 tasks that fit this filter:" in page
    assert "Withdraw: 3 tasks" in question
    assert "1 person has begun: while they hold the task, what they submit counts" in question
    assert set(project.tasks.values_list("state", flat=True)) == {"open"}

    done = client.post(at("queue_act"), {**form, "sure": "yes"}, follow=True)
    assert done.redirect_chain == [(at("queue") + "?kind=ranking&state=open", 302)]
    assert "3 tasks are withdrawn. 1 person has begun" in text(done.content.decode())
    assert list(project.tasks.filter(state="open")) == [other]
    back = {"kind": "ranking", "state": "withdrawn", "act": "reopen", "sure": "yes"}
    client.post(at("queue_act"), back)
    assert project.tasks.filter(state="open").count() == len(rankings) + 1
    assert client.post(at("queue_act"), back).status_code == 409


def test_an_empty_queue_says_how_to_get_the_first_task(project: Project, client: Client) -> None:
    assert "Opening a round makes them" in client.get(at("queue")).content.decode()


def test_reviewers_look_and_change_nothing(project: Project) -> None:
    task = make_task(project)
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))

    page = text(rita.get(at("queue")).content.decode())

    assert "1 answer is missing." in page
    assert "it takes 10 answers within 7 days, and there are 0." in page
    assert listed(rita) == []
    assert rita.post(at("task_steer", task.pk), {"act": "now"}).status_code == 403


def test_the_number_of_answers_to_one_task(project: Project, client: Client) -> None:
    task = make_task(project)

    done = client.post(at("task_overlap", task.pk), {"overlap": "3"}, follow=True)

    assert "3 of 3 to be given out" in text(done.content.decode())
    for wrong in ("0", "21", "x", ""):
        assert client.post(at("task_overlap", task.pk), {"overlap": wrong}).status_code == 422
    Project.objects.update(frozen_round=1)
    assert client.post(at("task_overlap", task.pk), {"overlap": "2"}).status_code == 409
    assert 'name="overlap"' not in client.get(at("queue")).content.decode()
