"""An archived project: hidden, read-only, exported, restored."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from jobs.models import Job
from labeling.models import Project
from rounds.models import Run
from rounds.retiring.archiving import archive, ask_deletion, restore
from tests.factories import make_member, make_user
from tests.rounds.world import World


def signed_in(user: User) -> Client:
    """A browser of theirs."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def archived(world: World) -> World:
    """The same, archived."""
    archive(project=world.project, by=world.mona)
    return world


def test_it_leaves_the_lists_and_annotators(archived: World) -> None:
    root = make_user("Root", is_superuser=True)
    pages = {user.name: signed_in(user).get("/") for user in (archived.ada, archived.mona, root)}

    assert [len(page.context["cards"]) for page in pages.values()] == [0, 0, 0]
    assert [len(page.context["archived"]) for page in pages.values()] == [0, 1, 1]
    ada = signed_in(archived.ada)
    for page in ("", "label/", "history/", "guidelines/"):
        assert ada.get(f"/projects/kitchen/{page}").status_code == 404
    assert list(Project.objects.visible_to(root)) == []


def test_its_home_offers_nothing_that_would_be_refused(archived: World) -> None:
    mona = signed_in(archived.mona)
    page = mona.get("/projects/kitchen/").content.decode()

    assert "Where round 1 stands" in page
    for gone in ("Open round 2", "Launch training", "tasks left for you", 'id="loop-action"'):
        assert gone not in page
    mona.post("/projects/kitchen/restore/")
    assert "Open round 2" in mona.get("/projects/kitchen/").content.decode()


def test_members_read_and_change_nothing(archived: World) -> None:
    mona = signed_in(archived.mona)
    rita = signed_in(make_member(archived.project, "Rita", "reviewer"))
    task, run = archived.project.tasks.first(), archived.runs["ppo"]
    assert task is not None

    for page in ("", "labels/", "queue/", "prompts/", "rounds/1/", "models/", "settings/"):
        assert mona.get(f"/projects/kitchen/{page}").status_code == 200
    assert rita.get("/projects/kitchen/labels/").status_code == 200
    assert "This project was archived on" in mona.get("/projects/kitchen/").content.decode()
    for page in (
        "/projects/kitchen/settings/",
        "/projects/kitchen/members/",
        "/projects/kitchen/rounds/",
        "/projects/kitchen/rounds/1/launch/",
        f"/projects/kitchen/tasks/{task.pk}/steer/",
        f"/projects/kitchen/tasks/{task.pk}/decide/",
        f"/runs/{run.pk}/retry/",
    ):
        told = mona.post(page, {"act": "withdraw"})
        assert (told.status_code, "archived, so nothing" in told.content.decode()) == (409, True)


def test_exports_still_work(archived: World) -> None:
    page = signed_in(archived.mona).get("/projects/kitchen/export/rankings.jsonl")

    assert page.status_code == 200
    assert b"Question" in b"".join(page) or page.streaming  # type: ignore[arg-type]


def test_a_restored_project_goes_on(archived: World) -> None:
    mona = signed_in(archived.mona)

    page = mona.post("/projects/kitchen/restore/", follow=True)

    assert "The project is in use again." in page.content.decode()
    assert signed_in(archived.ada).get("/projects/kitchen/").status_code == 200
    with pytest.raises(ConflictError, match="not archived"):
        restore(project=archived.project, by=archived.mona)
    actions = AuditEntry.objects.filter(action__startswith="project.")
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "project.archived",
        "project.restored",
    ]


def test_runs_are_stopped_first(world: World) -> None:
    Job.objects.filter(pk=world.runs["ppo"].job_id).update(state="queued")

    with pytest.raises(ConflictError, match="Stop them first"):
        archive(project=world.project, by=world.mona)
    assert Run.objects.active().count() == 1


def test_deletion_is_asked_for_with_the_short_name(world: World) -> None:
    with pytest.raises(ConflictError, match="Archive the project first"):
        ask_deletion(project=world.project, by=world.mona, typed="kitchen")
    archive(project=world.project, by=world.mona)
    mona = signed_in(world.mona)

    asked = mona.get("/projects/kitchen/delete/").content.decode()
    refused = mona.post("/projects/kitchen/delete/", {"typed": "Kitchen"})
    done = mona.post("/projects/kitchen/delete/", {"typed": "kitchen"}, follow=True)

    assert "Type kitchen to delete the project" in asked
    assert (refused.status_code, "Type kitchen, the short name" in refused.content.decode()) == (
        422,
        True,
    )
    assert 'aria-invalid="true" aria-describedby="problem" autofocus' in refused.content.decode()
    assert "Kitchen is being deleted." in done.content.decode()
    assert mona.get("/projects/kitchen/").status_code == 404
    assert Job.objects.get(kind="delete_project").payload == {
        "project": world.project.pk,
        "slug": "kitchen",
    }
    for again in (archive, restore):
        with pytest.raises(ConflictError, match="being deleted"):
            again(project=world.project, by=world.mona)
    with pytest.raises((ConflictError, BadInputError)):
        ask_deletion(project=world.project, by=world.mona, typed="kitchen")
