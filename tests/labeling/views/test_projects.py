"""Settings and guidelines of a project."""

import json
import re

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import (
    Annotation,
    Membership,
    Project,
)
from labeling.projects import change_settings, create_project
from tests.factories import make_task
from tests.labeling.views.asking import COMPLETIONS, JSON, at, send, signed_in


def test_settings_keep_versions_of_the_guidelines_and_refuse_bad_numbers(
    project: Project, mona: User, ada: User
) -> None:
    client = signed_in(mona)
    data = {
        "name": "Kitchen",
        "description": "",
        "guidelines": "Be **kind**.",
        "overlap": 2,
        **COMPLETIONS,
        "completions_ranking": 5,
        "completions_rating": 3,
        "lease_minutes": 45,
    }
    for wrong in ({"overlap": 21}, {"completions_ranking": 10}, {"completions_rating": 0}):
        assert client.post(at("project_settings"), data | wrong).status_code == 422
    assert client.post(at("project_settings"), data).status_code == 302

    project.refresh_from_db()
    assert (project.overlap, project.guideline_version) == (2, 2)
    found = {"ranking": 5, "combined": 4, "grading": 4, "rating": 3, "rules": 4}
    assert project.completions == found
    page = signed_in(ada).get(at("guidelines")).content.decode()
    assert "<strong>kind</strong>" in page
    assert Membership.objects.get(user=ada).guidelines_read == 2


def test_guidelines_that_nobody_touched_stay_at_their_version(mona: User, db: None) -> None:
    text = "Be kind.\n\nAlways.\n"  # as a file holds it, and as a browser sends it back below
    project = create_project(name="Tea", slug="tea", by=mona, guidelines=text)
    data = {"name": "Tea", "description": "", "guidelines": text.replace("\n", "\r\n")}
    data |= {**COMPLETIONS, "overlap": 2, "lease_minutes": 45}

    assert signed_in(mona).post("/projects/tea/settings/", data).status_code == 302

    project.refresh_from_db()
    assert (project.overlap, project.guideline_version, project.guidelines) == (2, 1, text)


def test_the_version_of_the_guidelines_is_the_one_that_was_shown(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    change_settings(project=project, by=mona, guidelines="Be kind.")
    page = client.get(at("assignment", hers.pk))
    change_settings(project=project, by=mona, guidelines="Be kind and short.")
    member = Membership.objects.get(user=ada)

    def read(version: object) -> tuple[int, int]:
        body = json.dumps({"guideline_version": version})
        status = client.post(at("guidelines_read"), body, **JSON).status_code
        member.refresh_from_db()
        return status, member.guidelines_read

    shown = page.context["data"]["guideline_version"]
    assert [read(version) for version in (0, 4, "2", shown)] == [(422, 0)] * 3 + [(204, 2)]
    assert "Unread" in client.get(at("assignment", hers.pk)).content.decode()
    assert send(client, hers, guideline_version=shown).status_code == 201
    assert Annotation.objects.get().guideline_version == 2


def test_an_old_version_of_the_guidelines_is_not_the_newest_one_read(
    project: Project, ada: User, mona: User
) -> None:
    for text in ("Be kind.", "Be kind and short."):
        change_settings(project=project, by=mona, guidelines=text)
    client, member = signed_in(ada), Membership.objects.get(user=ada)

    for query, read in (("?version=2", 2), ("", 3), ("?version=2", 3)):
        assert client.get(at("guidelines") + query).status_code == 200
        member.refresh_from_db()
        assert member.guidelines_read == read


def test_another_number_of_answers_asks_what_becomes_of_open_tasks(
    project: Project, mona: User
) -> None:
    """Settings said "1 to 20 people answer each task" and changed nothing of a running round."""
    for _ in range(3):
        make_task(project)
    client = signed_in(mona)
    data = {
        "name": "Kitchen",
        "guidelines": "Typed just now.",
        "overlap": 3,
        **COMPLETIONS,
        "lease_minutes": 45,
    }

    asked = client.post(at("project_settings"), data)
    page = " ".join(re.sub("<[^>]*>", " ", asked.content.decode()).split())
    project.refresh_from_db()
    assert (asked.status_code, project.overlap) == (422, 1)
    assert "3 instead of 1 answers per task: which tasks?" in page
    assert "3 open tasks as well: 6 answers more are asked for" in page
    assert "Typed just now." in page

    other = client.post(at("project_settings"), data | {"open_tasks": "open-2"})
    assert other.status_code == 422  # that was another question
    assert client.post(at("project_settings"), data | {"open_tasks": "new-3"}).status_code == 302
    assert set(project.tasks.values_list("overlap", flat=True)) == {1}
    both = data | {"overlap": 2, "open_tasks": "open-2"}
    assert client.post(at("project_settings"), both).status_code == 302
    assert set(project.tasks.values_list("overlap", "free_slots")) == {(2, 2)}
    assert client.post(at("project_settings"), both | {"lease_minutes": 9}).status_code == 302
