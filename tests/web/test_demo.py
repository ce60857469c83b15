"""The sample project: complete, seeded once, and going on after a failure."""

import json
from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import User
from core.errors import NotEnoughDataError
from jobs.models import Job
from labeling.models import Membership, Project
from tests.factories import make_version
from web import demo

pytestmark = pytest.mark.django_db


def test_the_prompts_are_those_that_the_readme_promises():
    rows = [json.loads(line) for line in demo.PROMPTS.read_text().splitlines()]
    assert Counter(row["language"] for row in rows) == {"en": 60, "zh-Hans": 20}
    assert Counter(row["split"] for row in rows) == {"train": 64, "heldout": 16}
    assert sorted({row["use_case"] for row in rows}) == [
        "brainstorming",
        "chat",
        "classification",
        "extraction",
        "generation",
        "open_qa",
        "rewriting",
        "summarisation",
    ]


def test_seeding_twice_makes_everything_once():
    demo.seed()
    project = demo.seed()

    assert list(Project.objects.all()) == [project]
    assert project.prompts.count() == 80
    assert sorted(Membership.objects.values_list("user__name", "role")) == [
        ("Ada", "annotator"),
        ("Admin", "manager"),
        ("Bo", "annotator"),
    ]
    assert list(Job.objects.order_by("pk").values_list("kind", "state")) == [
        ("base_model", "queued"),
        ("open_first_round", "waiting"),
    ]


def test_seeding_goes_on_after_a_base_model_that_could_not_be_had():
    demo.seed()
    Job.objects.filter(kind="base_model").update(state="failed")
    Job.objects.filter(kind="open_first_round").update(state="cancelled", error_code="step_before")

    demo.seed()

    assert list(Job.objects.order_by("pk").values_list("kind", "state")) == [
        ("base_model", "queued"),
        ("open_first_round", "waiting"),
    ]


def test_the_first_round_asks_for_every_kind_and_is_opened_once():
    base = make_version()
    project = demo.seed()
    job = Job.objects.get()
    assert (job.kind, job.state) == ("open_first_round", "queued")

    kind = demo.OpenFirstRound()
    result = kind.run(job)

    assert kind.run(job) == result
    first = project.rounds.get()
    assert (first.pk, first.number, first.writer) == (result["round"], 1, base)
    languages = Counter(
        project.tasks.filter(kind="demonstration").values_list("prompt__language", flat=True)
    )
    assert languages == {"en": 6, "zh-Hans": 8}
    waiting = {kind: len(prompts) for kind, prompts in first.pending.items()}
    assert waiting == {"ranking": 36, "correction": 6}
    runs = [dict(run.job.payload["prompts"]) for run in first.runs.order_by("pk")]
    assert len(runs[0]) == 4  # a small first batch, so that the first task is ready soon


def test_the_command_prints_a_fresh_link_for_each_person(capsys):
    call_command("seed_demo")
    first = capsys.readouterr().out
    call_command("seed_demo")
    second = capsys.readouterr().out

    assert [line.split(" ")[0] for line in first.splitlines()] == ["Admin", "Ada", "Bo"]
    assert not set(first.splitlines()) & set(second.splitlines())
    assert User.objects.filter(is_superuser=True).count() == 1


def test_links_need_the_project():
    with pytest.raises(NotEnoughDataError):
        demo.sign_in_links(hours=1)
