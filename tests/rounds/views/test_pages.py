"""Every page of rounds: who may see it, how many queries it takes, what it says."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from labeling.models import Annotation, Prompt
from rounds.models import Round
from rounds.snapshots import freeze
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_task,
    make_user,
    make_version,
)
from tests.labeling.test_storing_labels import bring
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_run


def addresses(world: World) -> dict[str, str]:
    label = world.runs["sft"].snapshot.annotations.order_by("pk")[0]
    return {
        "rounds": "/projects/kitchen/rounds/",
        "round": "/projects/kitchen/rounds/1/",
        "launch": "/projects/kitchen/rounds/1/launch/",
        **{f"run {stage}": f"/runs/{run.pk}/" for stage, run in world.runs.items()},
        "evaluation": f"/runs/{world.runs['evaluate'].pk}/evaluation/",
        "models": "/projects/kitchen/models/",
        "promote": f"/projects/kitchen/models/{world.policy.pk}/promote/",
        "verdict": "/projects/kitchen/verdict/",
        "model": f"/projects/kitchen/models/{world.policy.pk}/",
        "base": f"/projects/kitchen/models/{world.round.writer_id}/",
        "snapshot": f"/projects/kitchen/snapshots/{world.runs['sft'].snapshot_id}/",
        "label": f"/projects/kitchen/labels/{label.pk}/",
    }


def posts(world: World) -> list[str]:
    return [
        "/projects/kitchen/rounds/",
        "/projects/kitchen/rounds/1/ask/",
        "/projects/kitchen/rounds/1/launch/",
        "/projects/kitchen/rounds/1/launch/check/",
        f"/runs/{world.runs['sft'].pk}/cancel/",
        f"/runs/{world.runs['sft'].pk}/retry/",
    ]


def test_managers_and_site_admins_see_every_page(world: World) -> None:
    admin = make_user(is_superuser=True)
    for user in (world.mona, admin):
        client = signed_in(user)
        answers = {name: client.get(url).status_code for name, url in addresses(world).items()}
        assert answers == dict.fromkeys(answers, 200)


def test_pages_in_chinese(world: World) -> None:
    client = signed_in(world.mona)
    client.cookies["django_language"] = "zh-hans"
    seen = 0
    for name, url in addresses(world).items():
        page = client.get(url).content.decode()
        assert '<html lang="zh-hans"' in page, name
        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
        english = [text for text in headings if not re.search("[\u4e00-\u9fff]", text)]
        assert (english, name) == ([], name)
        seen += len(headings)
    assert seen > 10


@pytest.mark.parametrize(
    ("who", "status"), [("annotator", 403), ("reviewer", 403), ("stranger", 404), (None, 302)]
)
def test_others_see_none(world: World, who: str | None, status: int) -> None:
    client = Client()
    if who == "stranger":
        client.force_login(make_user())
    elif who:
        client.force_login(make_member(world.project, role=who))

    got = {name: client.get(url).status_code for name, url in addresses(world).items()}
    if who == "reviewer":
        assert got.pop("label") == 200
    sent = {url: client.post(url).status_code for url in posts(world)}

    assert got == dict.fromkeys(got, status)
    assert sent == dict.fromkeys(sent, status)


def test_pages_of_other_projects_are_not_there(world: World) -> None:
    client = signed_in(world.mona)
    foreign = make_version("sft", family=None)
    other = Round.objects.create(project=make_project("other"), number=1, writer=foreign)
    run = make_run(other, "sft")

    assert client.get("/projects/kitchen/rounds/2/").status_code == 404
    assert client.get(f"/runs/{run.pk}/").status_code == 404
    assert client.get("/runs/999999/").status_code == 404
    assert client.get("/projects/kitchen/snapshots/999999/").status_code == 404
    assert client.get("/projects/kitchen/models/999999/").status_code == 404


@pytest.mark.parametrize("name", ["rounds", "round", "models", "snapshot", "run ppo"])
def test_more_rows_take_no_more_queries(world: World, name: str) -> None:

    client = signed_in(world.mona)
    url = addresses(world)[name]
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in (2, 3):
        version = make_version("policy", family=world.project.family, parent=world.policy)
        Round.objects.create(project=world.project, number=number, writer=version)
        make_run(world.round, "generate", source=version)
        label = make_annotation(make_task(world.project))
        world.runs["sft"].snapshot.annotations.add(label)
    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)
    assert len(few) < 35


def test_a_snapshot_names_no_prompt_that_people_are_warned_of(world: World) -> None:
    address = addresses(world)["snapshot"]
    prompt = world.runs["sft"].snapshot.annotations.order_by("pk")[0].task.prompt
    text = escape(prompt.last_text)
    assert text in signed_in(world.mona).get(address).content.decode()
    Prompt.objects.filter(pk=prompt.pk).update(content_warning="reported")

    page = signed_in(world.mona).get(address).content.decode()

    assert text not in page
    assert "Content warning" in page


def test_model_output_is_inert(world: World) -> None:
    world.evaluation.samples.update(text="<script>alert(1)</script> ![x](https://evil.example/x)")

    page = signed_in(world.mona).get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")

    assert "<script>alert" not in page.content.decode()
    assert '<img src="https://evil' not in page.content.decode()


def test_a_label_names_the_models_that_it_trained(world: World) -> None:
    page = signed_in(world.mona).get(addresses(world)["label"])

    assert [version.name for version in page.context["models"]] == [
        "sft v1",
        "reward v1",
        "policy v1",
    ]


def test_only_a_vote_is_called_one(world: World) -> None:
    """A gold task that a file brought is in no round either."""
    task = make_task(world.project, round_number=0)
    said = {}
    for purpose in ("gold", "verdict"):
        answer = make_annotation(task, purpose=purpose, standing="check")
        page = signed_in(world.mona).get(f"/projects/kitchen/labels/{answer.pk}/")
        said[purpose] = "a vote on models, in no round" in page.content.decode()

    assert said == {"gold": False, "verdict": True}


def test_a_runs_page_counts_what_it_learns_from(world: World) -> None:
    counts = world.runs["sft"].snapshot.counts["train"]
    assert min(counts.values()) > 0

    page = signed_in(world.mona).get(f"/runs/{world.runs['sft'].pk}/").content.decode()

    shown = "{demonstrations} texts, {rankings} rankings, {prompts} prompts".format(**counts)
    assert shown in page


def test_a_run_whose_stage_is_gone_is_still_shown_live(world: World) -> None:
    run = world.runs["sft"]
    run.stage = run.job.kind = "distilled"
    run.save()
    run.job.save()

    manager, stranger = signed_in(world.mona), signed_in(world.ada)

    assert manager.get(f"/runs/{run.pk}/").status_code == 200
    for page in ("events", "events.json", "log.txt"):
        assert manager.get(f"/jobs/{run.job_id}/{page}").status_code == 200
        assert stranger.get(f"/jobs/{run.job_id}/{page}").status_code == 404


def test_an_imported_label_was_given_in_no_round_and_under_no_guidelines(world: World) -> None:
    bring(world.project, world.mona, {"prompt": "Egg?", "completion": "Six minutes."})
    label = Annotation.objects.get(purpose="imported")
    snapshot = freeze(world.project)
    client = signed_in(world.mona)

    def read(address: str) -> str:
        return client.get(f"/projects/kitchen/{address}/").content.decode()

    page = read(f"labels/{label.pk}")
    assert ("imported:" in page, "s active" in page, "guidelines v" in page) == (True, False, False)
    for address in (f"prompts/{label.task.prompt_id}", f"snapshots/{snapshot.pk}"):
        rounds = re.findall('data-name="Round">(.*?)</td>', read(address))
        assert rounds[-1] == "–"
