"""Launching training."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.models import Annotation
from rounds.launching.recipes import defaults
from rounds.models import Run
from rounds.stages.algorithms import algorithms
from tests.factories import (
    make_annotation,
    make_task,
)
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World


def sent(**changes: str) -> dict[str, object]:
    """The launch form as the browser sends it, the stages of PPO ticked."""
    from rounds.stages import launchable

    form: dict[str, object] = {"stages": algorithms()["ppo"]}
    for stage in launchable():
        few = 2 if stage in {"sft", "reward"} else None  # the labels of this module's tests
        for name, value in defaults(stage, examples=few).items():
            if value is not False:
                form[f"{stage}-{name}"] = "on" if value is True else str(value)
    return form | changes


def test_launching_in_the_browser(world: World) -> None:
    for kind in ("demonstration", "ranking"):
        make_annotation(make_task(world.project, kind))

    answer = signed_in(world.mona).post("/projects/kitchen/rounds/1/launch/", sent())

    runs = list(Run.objects.order_by("-pk")[:4])
    assert answer.headers["Location"] == f"/runs/{runs[-1].pk}/"
    assert [run.stage for run in runs] == ["evaluate", "ppo", "reward", "sft"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ppo-kl_coef", "-1"),
        ("ppo-kl_coef", "nan"),
        ("sft-learning_rate", "1"),
        ("sft-epochs", ""),
        ("reward-ties", "both"),
        ("ppo-steps", "9" * 30),
        ("ppo-minibatch_size", "5"),
        ("sft-batch_size", "500"),
    ],
)
def test_bad_settings_are_422_beside_their_field(world: World, field: str, value: str) -> None:
    for kind in ("demonstration", "ranking"):
        make_annotation(make_task(world.project, kind))
    before = Run.objects.count()

    answer = signed_in(world.mona).post(
        "/projects/kitchen/rounds/1/launch/", sent(**{field: value})
    )

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Run.objects.count() == before


@pytest.mark.parametrize("check", [False, True])
def test_a_launch_page_counts_the_labels_once(world: World, check: bool) -> None:
    mona, page = signed_in(world.mona), "/projects/kitchen/rounds/1/launch/"
    with CaptureQueriesContext(connection) as asked:
        answer = mona.post(f"{page}check/", sent()) if check else mona.get(page)

    assert answer.status_code == 200
    counting = [query["sql"] for query in asked if "jsonb_array_elements" in query["sql"]]
    assert len(counting) == len(set(counting)) > 0  # each kind that has pairs its own


def test_launching_without_labels_is_409_and_says_what_is_missing(world: World) -> None:
    Annotation.objects.filter(kind="ranking").update(standing="surplus")

    form = sent(stages="reward") | {"reward-batch_size": "1"}
    answer = signed_in(world.mona).post("/projects/kitchen/rounds/1/launch/", form)

    assert answer.status_code == 409
    assert "1 label with comparisons, at least 2 needed" in answer.content.decode()
    assert Run.objects.filter(job__state="queued").count() == 0


def test_the_preflight_follows_the_form(world: World) -> None:
    answer = signed_in(world.mona).post(
        "/projects/kitchen/rounds/1/launch/check/",
        sent(stages="sft"),
        headers={"HX-Request": "true"},
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.strip().startswith("{#") is False
    assert 'id="preflight"' in text
    assert "<html" not in text


def test_last_time_is_offered_where_there_was_one(world: World) -> None:
    client, address = signed_in(world.mona), "/projects/kitchen/rounds/1/launch/"
    Run.objects.filter(stage="ppo").update(recipe={**defaults("ppo"), "steps": 7})
    with_last = client.get(address).content.decode()
    refused = client.post(address, sent(**{"ppo-kl_coef": "5", "ppo-steps": "7"})).content.decode()
    Run.objects.exclude(stage="generate").delete()

    without = client.get(address)

    assert re.search(r'href="\?" aria-current="true">\s*Last time<', with_last)
    assert "Last time: 7" not in refused
    assert "Last time" not in without.content.decode()
    assert without.context["page"].preset == "cpu"


def test_settings_are_read_in_the_readers_language(world: World) -> None:
    world.mona.language = "zh-hans"
    world.mona.save()
    run = world.runs["reward"]
    run.recipe = {**defaults("reward"), "ties": "half", "learning_rate": 1e-5}
    run.save()
    client = signed_in(world.mona)

    asked = client.get("/projects/kitchen/rounds/1/launch/", {"preset": "cpu"})
    made = client.get(f"/runs/{run.pk}/").context["settings"]

    changed = {(row["last"], row["now"]) for row in asked.context["differences"]}
    assert ("两者得分相同", "并列不提供训练信号") in changed
    assert {"value": "两者得分相同", "label": "并列"} in made
    assert {"value": "三分之二的层", "label": "冻结层数"} in made
    assert '<option value="none" selected>并列不提供训练信号</option>' in asked.content.decode()
    assert "上次：两者得分相同" in asked.content.decode()
