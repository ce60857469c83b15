"""The goal on pages: the labeling page's data, the count that it asks for, the form."""

import json
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Membership, Project
from tests.factories import make_annotation, make_task, make_user
from tests.labeling.views.asking import COMPLETIONS, at, send, signed_in


def wanted(client: Client, project: Project, user: User) -> Any:
    """What the labeling page is told of the goal."""
    hers = claim_next(project=project, annotator=user)
    page = client.get(at("assignment", hers.pk)).content.decode()
    (data,) = re.findall(r'<script id="work-common"[^>]*>(.*?)</script>', page)
    return json.loads(data)["goal"]


def test_the_page_knows_the_goal_and_asks_how_far_one_is(project: Project, ada: User) -> None:
    make_task(project)
    make_task(project)
    client = signed_in(ada)
    assert wanted(client, project, ada) == {"url": at("goal"), "answers": 0, "period": "day"}
    Project.objects.filter(pk=project.pk).update(goal=3, goal_period="day")

    expected = {"url": at("goal"), "answers": 3, "period": "day"}
    assert wanted(client, project, ada) == expected
    assert client.get(at("goal")).json()["answered"] == 0
    send(client, claim_next(project=project, annotator=ada))
    answer = client.get(at("goal")).json()
    assert (answer["answered"], answer["seconds"]) == (1, 5)
    assert 0 <= answer["seconds_left"] <= 25 * 3600


def test_a_member_chooses_their_own_goal(project: Project, ada: User) -> None:
    Project.objects.filter(pk=project.pk).update(goal=30)
    make_annotation(make_task(project), annotator=ada)
    client = signed_in(ada)
    figures = reverse("own_figures", args=["kitchen"])

    def said() -> str:
        page = re.sub(r"<[^>]*>", " ", client.get(figures).content.decode())
        return " ".join(page.split())

    def stored() -> tuple[int | None, str]:
        return Membership.objects.values_list("goal", "goal_period").get(user=ada)

    assert "Today: 1 of 30 answers." in said()
    there = client.post(at("goal_choose"), {"answers": "12", "period": "week"})
    assert there["Location"] == figures
    assert (stored(), "This week: 1 of 12 answers." in said()) == ((12, "week"), True)
    client.post(at("goal_choose"), {"answers": "12", "period": "none"})
    assert (stored(), "No goal." in said()) == ((0, "day"), True)
    client.post(at("goal_choose"), {"period": ""})
    assert stored() == (None, "day")
    for bad in ({"period": "day"}, {"period": "day", "answers": "0"}, {"period": "year"}):
        assert client.post(at("goal_choose"), bad).status_code == 422
    assert stored() == (None, "day")


def test_a_manager_proposes_a_goal_and_sees_how_far_people_are(
    project: Project, ada: User, mona: User
) -> None:
    client = signed_in(mona)
    make_annotation(make_task(project), annotator=ada)
    settings = {"name": "Kitchen", "overlap": 1, "lease_minutes": 45}
    settings |= COMPLETIONS

    client.post(at("project_settings"), {**settings, "goal": "20", "goal_period": "week"})

    project.refresh_from_db()
    assert (project.goal, project.goal_period) == (20, "week")
    page = client.get(reverse("person", args=["kitchen", ada.pk])).content.decode()
    assert "This week: <strong>1</strong> of 20 answers." in page
    assert at("goal_choose") not in page  # theirs to choose
    client.post(at("project_settings"), {**settings, "goal": ""})
    project.refresh_from_db()
    assert project.goal == 0


def test_who_is_no_member_has_no_goal_to_choose(project: Project) -> None:
    admin = make_user("Root", is_superuser=True)
    assert signed_in(admin).post(at("goal_choose"), {"period": ""}).status_code == 409
