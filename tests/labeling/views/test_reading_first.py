"""Guidelines that were not opened come before the next task, where the project wants it."""

import pytest

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import CheckSettings, GuidelineVersion, Project
from labeling.projects import change_settings, create_project
from tests.factories import make_task
from tests.labeling.views.asking import at, send, signed_in


@pytest.fixture
def read_first(project: Project) -> None:
    """The project wants it, and has guidelines."""
    Project.objects.filter(pk=project.pk).update(guidelines="Be kind.")
    GuidelineVersion.objects.create(project=project, number=1, text="Be kind.")
    CheckSettings.objects.create(project=project, guidelines_first=True)
    project.refresh_from_db()


def test_a_newcomer_reads_then_works(project: Project, ada: User, read_first: None) -> None:
    make_task(project)
    client = signed_in(ada)

    led = client.get(at("label_next") + "?kind=demonstration", follow=True)

    page = led.content.decode()
    assert led.redirect_chain == [(at("guidelines") + "?kind=demonstration", 302)]
    assert "read them, then continue" in page
    assert at("label_next") + "?kind=demonstration" in page
    assert "assignments" in client.get(at("label_next"))["Location"]


def test_a_change_comes_before_the_next_task(
    project: Project, ada: User, mona: User, read_first: None
) -> None:
    make_task(project)
    make_task(project)
    client = signed_in(ada)
    client.get(at("guidelines"))
    hers = claim_next(project=project, annotator=ada)
    change_settings(project=project, by=mona, guidelines="Be kinder.")

    answer = send(client, hers).json()  # what was begun is not lost

    assert answer["task"] is None
    assert client.get(answer["next"])["Location"] == at("guidelines")
    client.get(at("guidelines"))
    assert client.get(answer["next"]).status_code == 200


def test_nothing_to_read_or_not_wanted(project: Project, ada: User) -> None:
    make_task(project)
    client = signed_in(ada)
    for text, wanted in (("", True), ("Be kind.", False)):
        Project.objects.filter(pk=project.pk).update(guidelines=text)
        CheckSettings.objects.update_or_create(
            project=project, defaults={"guidelines_first": wanted}
        )
        assert "assignments" in client.get(at("label_next"))["Location"]


def test_new_projects_want_it(mona: User) -> None:
    project = create_project(name="Bakery", slug="bakery", by=mona)

    assert project.checks.guidelines_first
