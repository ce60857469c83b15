"""The pages: what each role gets."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import (
    Project,
)
from tests.factories import make_member, make_task, make_user
from tests.labeling.views.asking import at, send, signed_in, skip_task


@pytest.mark.parametrize(
    ("name", "stranger", "annotator", "reviewer", "manager"),
    [
        ("label_next", 404, 200, 200, 200),
        ("history", 404, 200, 200, 200),
        ("guidelines", 404, 200, 200, 200),
        ("prompts", 404, 403, 200, 200),
        ("skipped", 404, 403, 200, 200),
        ("prompts_import", 404, 403, 403, 200),
        ("members", 404, 403, 403, 200),
        ("project_settings", 404, 403, 403, 200),
    ],
)
def test_pages_by_role(
    project: Project, name: str, stranger: int, annotator: int, reviewer: int, manager: int
) -> None:
    people = [
        make_user(),
        make_member(project),
        make_member(project, role="reviewer"),
        make_member(project, role="manager"),
    ]
    answers = [signed_in(person).get(at(name)).status_code for person in people]

    assert answers == [stranger, annotator, reviewer, manager]
    assert Client().get(at(name)).status_code == 302


def test_only_the_site_admin_opens_projects(project: Project, mona: User) -> None:
    assert signed_in(mona).get("/projects/new/").status_code == 403
    admin = signed_in(make_user("Root", is_superuser=True))

    assert admin.post("/projects/new/", {"name": "B", "slug": "-b"}).status_code == 422
    assert admin.post("/projects/new/", {"name": "kitchen", "slug": "b"}).status_code == 422
    answer = admin.post("/projects/new/", {"name": "Bakery", "slug": "bakery"})
    assert (answer.status_code, answer["Location"]) == (302, "/projects/bakery/")


TABS = {
    "manager": "Overview Rounds Models Prompts Queue Answers Review Agreement Export People "
    "Guidelines Settings Skipped Checks Task pages System prompt",
    "reviewer": "Overview Prompts Queue Answers Review Agreement Skipped Export Guidelines",
}


@pytest.mark.parametrize("role", TABS)
@pytest.mark.parametrize("name", ["project", "prompts", "skipped"])
def test_tabs_are_what_the_role_may_open(project: Project, role: str, name: str) -> None:
    client = signed_in(make_member(project, role=role))

    page = client.get(at(name)).content.decode()

    tabs = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', tabs)
    assert " ".join(label.strip() for _address, label in links) == TABS[role]
    assert {client.get(address).status_code for address, _label in links} == {200}
    here = re.findall(r'aria-current="page">([^<]*)</a>', tabs)
    assert here == [{"project": "Overview", "prompts": "Prompts", "skipped": "Skipped"}[name]]
    menu = re.findall(r"<summary([^>]*)>More</summary>", tabs)
    mark = ' class="here"' if name == "skipped" else ""
    assert menu == ([mark] if role == "manager" else [])
    if name == "prompts":
        assert ("Import prompts" in page) == (role == "manager")


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    project: Project, mona: User, count: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(mona)
    for _ in range(count):
        make_task(project, "ranking")
        hers = claim_next(project=project, annotator=mona)
        tiers = [hers.shown_order]
        body = {"tiers": tiers, "unacceptable": []}
        assert send(client, hers, body=body).status_code == 201
        make_member(project)
    # One of each is the bell's.
    with django_assert_num_queries(8):
        client.get(at("history"))
    with django_assert_num_queries(7):  # keys first
        client.get(at("labels"))
    with django_assert_num_queries(8):  # each of the filter's four lists is one
        client.get(at("prompts"))
    for _ in range(count):
        skip_task(project, make_member(project))
    with django_assert_num_queries(5):
        client.get(at("skipped"))
    with django_assert_num_queries(4):
        client.get(at("members"))


def test_an_answer_shows_its_texts_under_the_letters_of_its_order(project: Project) -> None:
    ada = make_member(project)
    task = make_task(project, "ranking", texts=["one", "two", "two", "three"])
    hers = claim_next(project=project, annotator=ada)
    twins = set(task.completions.filter(text="two").values_list("pk", flat=True))
    same = [[pk for pk in hers.shown_order if pk in twins]]
    tiers = same + [[pk] for pk in hers.shown_order if pk not in twins]
    body = {"tiers": tiers, "unacceptable": []}
    assert send(signed_in(ada), hers, body=body).status_code == 201
    given = ada.annotations.get()

    page = signed_in(ada).get(at("answer", given.pk)).content.decode()

    texts = dict(task.completions.values_list("pk", "text"))
    seen = list(dict.fromkeys(texts[pk] for pk in hers.shown_order))
    cards = [(part[0], part) for part in page.split("<kbd>")[1:] if part[1:6] == "</kbd"]
    found = [(letter, [t for t in seen if f"<p>{t}" in part]) for letter, part in cards]
    assert found == [(letter, [text]) for letter, text in zip("ABC", seen, strict=True)]
