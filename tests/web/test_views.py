import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from jobs.models import Job, Worker
from labeling import slots
from labeling.assigning import claim_next
from labeling.checks import golds, screening
from labeling.models import Assignment, Role
from tests.factories import make_annotation, make_member, make_project, make_task, make_user
from tests.labeling.checks.test_drawing import give
from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_strangers_sign_in_first(db: None) -> None:
    assert Client().get("/").headers["Location"] == "/accounts/login/?next=/"


def test_an_annotator_has_one_thing_to_do(world: World) -> None:
    for kind in ("demonstration", "ranking", "ranking"):
        make_task(world.project, kind)

    for address in ("/", "/projects/kitchen/"):
        page = signed_in(world.ada).get(address)
        text = page.content.decode()
        assert "3 tasks left for you" in text
        assert "/projects/kitchen/label/" in text
        assert "/projects/kitchen/rounds/" not in text


def test_a_newcomer_reads_that_a_test_comes_first(world: World) -> None:
    for answer in world.ada.annotations.filter(kind="ranking"):
        gold = golds.mark(annotation=answer, by=world.mona)
        golds.use_in_test(gold=gold, by=world.mona, is_test=True)
    screening.switch(project=world.project, by=world.mona, is_on=True)
    world.project.tasks.update(state="done", free_slots=0)
    for _ in range(2):
        make_task(world.project, "ranking")
    nora = make_member(world.project, "Nora")

    def read() -> list[str]:
        """What home and project say, the same in both."""
        pages = [signed_in(nora).get(at).content.decode() for at in ("/", "/projects/kitchen/")]
        parts = [re.search(r'<div class="work">.*?</div>', page, re.DOTALL)[0] for page in pages]
        assert parts[0] == parts[1]
        return re.sub(r"<[^>]*>|\s+", " ", parts[0]).split("  ")

    def says(*texts: str) -> None:
        told = " ".join(" ".join(read()).split())
        assert told == " ".join(texts)

    waits = "After that 2 tasks wait for you."
    before = "A manager looks at your answers and lets you in."
    says("First a test of 1 task", before, waits, "Begin the test")
    hers = claim_next(project=world.project, annotator=nora)
    says("First a test of 1 task", before, waits, "Begin the test")
    give(hers, {"tiers": [[pk] for pk in hers.shown_order], "unacceptable": []})
    claim_next(project=world.project, annotator=nora)
    come = "When they let you in, tasks appear here: come back later."
    says("You have answered the test", "A manager looks at your answers.", come, waits)

    row = nora.screenings.get()
    screening.decide(row=row, by=world.mona, state=row.State.FAILED)
    told = "So there are no tasks for you here. Ask a manager of the project if you want to try"
    says("You have not passed the test", told, "again.")
    screening.decide(row=row, by=world.mona, state=row.State.PASSED)
    assert "2 tasks left for you" in " ".join(" ".join(read()).split())


def test_a_begun_task_counts_as_left(world: World) -> None:
    make_task(world.project)
    claim_next(project=world.project, annotator=world.ada)

    assert signed_in(world.ada).get("/").context["cards"][0].total == 1


def test_a_task_whose_lease_ran_out_counts_while_its_slot_is_free(world: World) -> None:
    world.project.tasks.update(state="done", free_slots=0)
    make_task(world.project)
    hers = claim_next(project=world.project, annotator=world.ada)
    Assignment.objects.filter(pk=hers.pk).update(lease_until=Now() - timedelta(minutes=1))
    slots.expire_everywhere()

    page = signed_in(world.ada).get("/")
    assert page.context["cards"][0].total == 1
    assert "/projects/kitchen/label/" in page.content.decode()

    claim_next(project=world.project, annotator=make_member(world.project))
    assert signed_in(world.ada).get("/").context["cards"][0].total == 0


def test_without_projects_the_home_says_what_to_do(db: None) -> None:
    assert "Ask a manager" in signed_in(make_user()).get("/").content.decode()


def test_a_manager_sees_the_loop_and_the_next_step(world: World) -> None:
    page = signed_in(world.mona).get("/projects/kitchen/")

    boxes = [(box.key, box.state) for box in page.context["loop"].boxes]
    assert boxes == [
        ("collect", "done"),
        ("sft", "done"),
        ("reward", "done"),
        ("ppo", "done"),
        ("evaluate", "done"),
        ("promote", "done"),
    ]
    assert page.context["loop"].action.label == "Open round 2"


def test_a_new_project_lists_the_first_steps(db: None) -> None:
    project = make_project("fresh")
    boss = make_member(project, role="manager")

    assert (
        "Three steps to the first round"
        in signed_in(boss)
        .get("/projects/new-one/".replace("new-one", project.slug))
        .content.decode()
    )


def test_the_site_admin_sees_the_site(world: World) -> None:
    page = signed_in(make_user(is_superuser=True)).get("/")

    assert page.context["health"]["failed"] == 0
    assert [card.project for card in page.context["cards"]] == [world.project]


def test_strangers_do_not_see_a_project(world: World) -> None:
    assert signed_in(make_user()).get("/projects/kitchen/").status_code == 404


def test_home_takes_no_more_queries_with_more_projects(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(world.ada)
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(2):
        project = make_project()
        project.memberships.create(user=world.ada)
        make_task(project, "ranking")
    with CaptureQueriesContext(connection) as many:
        client.get("/")

    assert len(many) == len(few)


def test_managers_are_told_of_a_worker_of_another_version(world: World) -> None:
    Worker.objects.create(name="gpu@b:1", queues=["gpu"], release="9.9 (other)")
    said = "The worker gpu@b:1 is 9.9 (other) and takes no jobs."

    assert said in signed_in(world.mona).get("/projects/kitchen/").content.decode()
    assert said not in signed_in(world.ada).get("/projects/kitchen/").content.decode()
    assert said in signed_in(make_user(is_superuser=True)).get("/").content.decode()


def test_one_may_choose_the_kind_of_the_next_task(world: World) -> None:
    for kind in ("demonstration", "ranking"):
        make_task(world.project, kind)
    ada = signed_in(world.ada)

    links = re.findall(r'href="([^"]*kind=[^"]*)"', ada.get("/projects/kitchen/").content.decode())
    opened = [ada.get(link, follow=True).context["kind"].name for link in links[-1:]]

    assert links == [f"/projects/kitchen/label/?kind={k}" for k in ("demonstration", "ranking")]
    assert opened == ["ranking"]


def test_a_base_model_on_its_way_is_called_that(db: None) -> None:
    project = make_project(slug="kitchen")
    mona = signed_in(make_member(project, "Mona", Role.MANAGER))

    def says() -> bool:
        return "A base model is being registered" in mona.get("/projects/kitchen/").content.decode()

    assert not says()
    job = Job.objects.create(kind="base_model", queue="gpu")
    assert says()
    Job.objects.filter(pk=job.pk).update(state="failed")
    assert not says()


def test_a_corrected_label_is_one_label_of_the_week(db: None) -> None:
    project = make_project()
    ada = make_member(project, "Ada")
    for standing in ("superseded", "counts"):
        make_annotation(make_task(project), annotator=ada, standing=standing, active_seconds=30)

    page = signed_in(ada).get("/").content.decode()

    assert "These seven days: 1 label, 30 seconds of work." in page
