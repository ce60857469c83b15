"""The pages of who did what."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.services import audit
from labeling import reviewing, tasks
from labeling.models import Project, Role
from tests.factories import make_annotation, make_member, make_project, make_task, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/projects/kitchen/audit/"


@pytest.fixture
def project() -> Project:
    return make_project("kitchen")


@pytest.fixture
def mona(project: Project) -> User:
    return make_member(project, "Mona", Role.MANAGER)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(client: Client, address: str) -> list[str]:
    """Each row of the page: who, what."""
    page = client.get(address)
    assert page.status_code == 200
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("<tr>")[1:]]
    plain = [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in row] for row in rows]
    return [" ".join(row[1:3]) for row in plain]


def made(project: Project, mona: User) -> str:
    """Something of each table; the key of the answer."""
    task = make_task(project)
    answer = make_annotation(make_task(project))
    tasks.withdraw(task=task, by=mona)
    reviewing.comment(annotation=answer, by=mona, text="Hm.")
    audit(actor=mona, action="project.changed", target=f"labeling.Project:{project.pk}")
    return f"{task.pk} {answer.pk}"


def test_both_tables_are_one_list_newest_first(project: Project, mona: User) -> None:
    task, answer = made(project, mona).split()
    assert listed(browser(mona), ADDRESS) == [
        "Mona changed the settings",
        f"Mona commented · answer {answer}",
        f"Mona withdrew a task · task {task}",
    ]


def test_managers_see_their_project_and_admins_all(project: Project, mona: User) -> None:
    made(project, mona)
    other = make_project("bakery")
    audit(actor=mona, action="project.archived", target=f"labeling.Project:{other.pk}")
    audit(actor=mona, action="user.signed_in_by_link", target=f"accounts.User:{mona.pk}")
    assert len(listed(browser(mona), ADDRESS)) == 3
    admin = browser(make_user("Root", is_superuser=True))
    assert listed(admin, "/audit/")[:2] == [
        "Mona signed in by link · person Mona",
        "Mona archived the project",
    ]
    assert len(listed(admin, "/audit/")) == 5


def test_details_are_in_words_and_what_became_gold_is_named(project: Project, mona: User) -> None:
    target = f"labeling.Project:{project.pk}"
    answer = make_annotation(make_task(project))
    audit(actor=mona, action="gold.marked", target=target, details={"answer": answer.pk})
    chosen = {"feedback": True, "models": ["base", "policy v1"]}
    audit(actor=mona, action="checks.changed", target=target, details=chosen)

    client = browser(mona)

    assert listed(client, ADDRESS)[1] == f"Mona made an answer gold · answer {answer.pk}"
    page = client.get(ADDRESS).content.decode()
    assert f'href="/projects/kitchen/labels/{answer.pk}/"' in page
    assert "models: base, policy v1, annotators are told afterwards: yes" in page


def test_filters(project: Project, mona: User) -> None:
    made(project, mona)
    eve = make_member(project, "Eve", Role.MANAGER)
    audit(actor=eve, action="project.changed", target=f"labeling.Project:{project.pk}")
    client = browser(mona)
    assert listed(client, f"{ADDRESS}?person={eve.pk}") == ["Eve changed the settings"]
    assert len(listed(client, f"{ADDRESS}?action=project.changed")) == 2
    assert len(listed(client, f"{ADDRESS}?action=review:commented")) == 1
    assert listed(client, f"{ADDRESS}?since=2999-01-01") == []
    assert client.get(f"{ADDRESS}?action=nothing").status_code == 422


def test_pages_hold_each_act_once(project: Project, mona: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.auditing.views.PAGE", 4)
    answer = make_annotation(make_task(project))
    for number in range(9):
        reviewing.comment(annotation=answer, by=mona, text="Hm.")
        if number % 2:
            make = {"action": "project.changed", "target": f"labeling.Project:{project.pk}"}
            audit(actor=mona, **make)
    client, address, found = browser(mona), ADDRESS, []
    while address:
        found += listed(client, address)
        older = re.search(r'href="(\?[^"]*)" rel="next"', client.get(address).content.decode())
        address = ADDRESS + older[1].replace("&amp;", "&") if older else ""
    change, comment = "Mona changed the settings", f"Mona commented · answer {answer.pk}"
    assert found == [comment, *[change, comment, comment] * 4]


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_costs_the_same_however_long(
    project: Project, mona: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        made(project, mona)
    client = browser(mona)
    with django_assert_num_queries(7):
        client.get(ADDRESS)


def test_what_is_deleted_is_still_told(project: Project, mona: User) -> None:
    gone = f"labeling.Task:{2**40}"
    entry = audit(actor=None, action="task.withdrawn", target=gone)
    assert entry.project is None
    AuditEntry.objects.filter(pk=entry.pk).update(project=project.pk)
    assert listed(browser(mona), ADDRESS) == [f"– withdrew a task · task {2**40}"]
