"""A person leaves: no sign-in, a pseudonym everywhere, and on request no words."""

import pytest
from django.test import Client

from accounts.models import ApiToken, AuditEntry, SignInLink, User
from accounts.services import create_api_token, create_sign_in_link
from core.errors import BadInputError, ConflictError
from jobs.models import Job, JobEvent
from labeling.models import Annotation
from rounds.launching.launching import cancel
from rounds.leaving.handlers import ErasePerson
from rounds.leaving.known import known_of
from rounds.leaving.removing import remove_person
from rounds.snapshots import freeze
from tests.factories import make_annotation, make_member, make_task, make_user
from tests.rounds.world import World, make_run, make_world


@pytest.fixture
def world(db: None) -> World:
    """A finished round."""
    return make_world()


@pytest.fixture
def root(db: None) -> User:
    """The site admin."""
    return make_user("Root", is_superuser=True)


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_snapshots_with_their_texts_as_others_judged_them_are_known(world: World) -> None:
    answer = make_annotation(make_task(world.project), annotator=world.ada)
    task = make_task(world.project, "ranking")
    task.completions.filter(pk=task.completion_ids[0]).update(answer=answer)
    make_annotation(task)
    Annotation.objects.filter(annotator=world.ada).update(standing="excluded")
    later = freeze(world.project)

    assert later in known_of(world.ada).snapshots


def test_what_is_known_names_models_and_snapshots(world: World) -> None:
    known = known_of(world.ada)

    assert (known.answers, known.projects) == (3, [world.project])
    assert [version.name for version in known.models] == ["sft v1", "reward v1", "policy v1"]
    assert known.snapshots == [world.project.snapshots.get()]
    assert known_of(world.mona).models == []


def test_a_pseudonym_stands_where_the_name_stood(world: World, root: User) -> None:
    ada, client = world.ada, browser(world.ada)
    create_api_token(user=ada, name="laptop of Ada")
    create_sign_in_link(user=ada)
    name = f"Annotator {ada.pk}"

    assert remove_person(person=ada, by=root, typed="ADA@example.org ", erase=False) == name

    ada.refresh_from_db()
    assert (ada.name, ada.email, ada.is_active) == (
        name,
        f"removed-{ada.pk}@removed.invalid",
        False,
    )
    assert (ApiToken.objects.count(), SignInLink.objects.count(), ada.memberships.count()) == (
        0,
        0,
        0,
    )
    assert client.get("/").status_code == 302
    assert not Client().login(email="ada@example.org", password="password")
    mona = browser(world.mona)
    answer = ada.annotations.order_by("pk").first()
    assert answer is not None
    for page in ("labels/", f"labels/{answer.pk}/", "export/rankings.jsonl"):
        content = mona.get(f"/projects/kitchen/{page}").getvalue().decode()
        assert "Ada" not in content
    assert world.project.annotations.counted().count() == 3
    entry = AuditEntry.objects.get(action="person.removed")
    assert (entry.actor, entry.details) == (
        root,
        {
            "pseudonym": name,
            "erase": False,
            "answers": 3,
            "models": [f"{v.name} ({v.pk})" for v in known_of(ada).models],
            "snapshots": [world.project.snapshots.get().sha256],
        },
    )
    with pytest.raises(ConflictError, match="removed already"):
        remove_person(person=ada, by=root, typed=ada.email, erase=False)


def test_words_are_erased_on_request(world: World, root: User) -> None:
    world.project.tasks.update(state="done", free_slots=0)
    page = browser(root).post(
        f"/people/{world.ada.pk}/remove/",
        {"typed": "ada@example.org", "what": "erase"},
        follow=True,
    )
    assert "Their answers are being erased." in page.content.decode()
    job = Job.objects.get(kind="erase_person")

    assert ErasePerson().run(job) == {"answers": 3}

    standings = world.ada.annotations.values_list("standing", "body")
    assert list(standings) == [("erased", {})] * 3
    assert world.project.annotations.counted().count() == 0
    assert ErasePerson().run(job) == {"answers": 0}
    assert AuditEntry.objects.filter(action="person.erased").count() == 2


def test_names_in_the_logs_of_jobs_go(world: World, root: User) -> None:
    zoe = make_member(world.project, "Zoe Quux", "manager")
    run = make_run(world.round, "ppo", state="queued")
    cancel(run=run, by=zoe)
    assert "Zoe Quux" in Job.objects.get(pk=run.job_id).error

    remove_person(person=zoe, by=root, typed=zoe.email, erase=False)

    texts = [str(event.data) for event in JobEvent.objects.all()]
    assert not any("Zoe" in text for text in [*texts, Job.objects.get(pk=run.job_id).error])


def test_nobody_leaves_a_project_or_the_site_to_nobody(world: World, root: User) -> None:
    with pytest.raises(ConflictError, match="Nobody else manages Kitchen"):
        remove_person(person=world.mona, by=root, typed=world.mona.email, erase=False)
    with pytest.raises(ConflictError, match="only site admin"):
        remove_person(person=root, by=root, typed=root.email, erase=False)
    with pytest.raises(BadInputError, match="Type ada@"):
        remove_person(person=world.ada, by=root, typed="ada", erase=False)
    make_member(world.project, "Max", "manager")
    remove_person(person=world.mona, by=root, typed=world.mona.email, erase=False)


def test_the_page_says_what_can_be_promised(world: World, root: User) -> None:
    page = browser(root).get(f"/people/{world.ada.pk}/remove/").content.decode()

    assert "What erasing cannot reach" in page
    for version in known_of(world.ada).models:
        assert version.name in page
    assert world.project.snapshots.get().uri in page
    assert browser(world.mona).get(f"/people/{world.ada.pk}/remove/").status_code == 404
