"""Every page of rounds: who may see it, how many queries it takes, what it says."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from labeling.models import Annotation, Role
from registry.models import Alias, AliasChange
from rounds.models import Round, Run
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_user,
    make_version,
)
from tests.rounds.world import World, make_run, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(world: World) -> dict[str, str]:
    label = world.runs["sft"].snapshot.annotations.order_by("pk")[0]
    return {
        "rounds": "/projects/kitchen/rounds/",
        "round": "/projects/kitchen/rounds/1/",
        "launch": "/projects/kitchen/rounds/1/launch/",
        **{f"run {stage}": f"/runs/{run.pk}/" for stage, run in world.runs.items()},
        "evaluation": f"/runs/{world.runs['evaluate'].pk}/evaluation/",
        "models": "/projects/kitchen/models/",
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
        f"/projects/kitchen/models/{world.policy.pk}/promote/",
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
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

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


def test_opening_a_round_in_the_browser(world: World) -> None:
    client = signed_in(world.mona)
    form = {
        "number": "2",
        "tasks_ranking": "2",
        "tasks_demonstration": "1",
        "tasks_correction": "0",
        "completions_ranking": "3",
        "previous_share": "0.25",
        "temperature": "1",
        "max_new_tokens": "32",
    }

    first = client.post("/projects/kitchen/rounds/", form)
    second = client.post("/projects/kitchen/rounds/", form)

    assert first.headers["Location"] == second.headers["Location"] == "/projects/kitchen/rounds/2/"
    opened = Round.objects.get(number=2)
    assert (opened.writer, opened.plan["previous_share"]) == (world.policy, 0.25)
    assert Round.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"tasks_ranking": "-1"},
        {"tasks_ranking": "x"},
        {"temperature": "nan"},
        {"previous_share": "1"},
        {"languages": "tlh"},
        {"tasks_ranking": "0"},
        {"max_new_tokens": "99999999999999999999"},
    ],
)
def test_a_bad_plan_is_422_and_opens_nothing(world: World, change: dict[str, str]) -> None:
    form = {
        "tasks_ranking": "2",
        "tasks_demonstration": "0",
        "tasks_correction": "0",
        "completions_ranking": "3",
        "previous_share": "0",
        "temperature": "1",
        "max_new_tokens": "32",
    }

    answer = signed_in(world.mona).post("/projects/kitchen/rounds/", form | change)

    assert answer.status_code == 422
    assert b'class="errorlist' in answer.content
    assert Round.objects.count() == 1


def sent(**changes: str) -> dict[str, object]:
    """The launch form as the browser sends it, all stages ticked."""
    from rounds.launching.recipes import defaults
    from rounds.stages import launchable

    form: dict[str, object] = {"stages": list(launchable())}
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
    assert sum("jsonb_array_elements" in query["sql"] for query in asked) == 1


def test_launching_without_labels_is_409_and_says_what_is_missing(world: World) -> None:
    Annotation.objects.filter(kind="ranking").update(is_surplus=True)

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


def test_the_loop_alone_for_htmx(world: World) -> None:
    answer = signed_in(world.mona).get(
        "/projects/kitchen/rounds/1/", headers={"HX-Request": "true"}
    )

    assert "<html" not in answer.content.decode()
    assert 'id="loop"' in answer.content.decode()


def test_the_evaluation_sorts_by_the_largest_change_worst_first(world: World) -> None:
    page = signed_in(world.mona).get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")

    changes = [pair.change for pair in page.context["comparison"].pairs]
    assert changes == [-3.0, -2.0, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    share = page.context["comparison"].wins
    assert (share.n, share.value) == (12, 8.5 / 12)


def test_second_texts_are_compared_with_second_texts_and_count_no_prompt_twice(
    world: World,
) -> None:
    for version, reward in ((world.round.writer, 1.0), (world.policy, -9.0)):
        found = world.evaluation.samples.filter(model_version=version).order_by("pk")
        first = found[0]
        first.pk, first.reward = None, reward
        first.save()

    page = signed_in(world.mona).get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")

    comparison = page.context["comparison"]
    assert [pair.change for pair in comparison.pairs][:3] == [-10.0, -3.0, -2.0]
    # The prompt of the second texts was lost already, and is lost once.
    assert (comparison.prompts, comparison.wins.n, comparison.wins.value) == (12, 12, 8.5 / 12)


def test_promoting_and_returning(world: World) -> None:
    client = signed_in(world.mona)
    base = world.round.writer

    client.post(f"/projects/kitchen/models/{base.pk}/promote/")
    assert Alias.objects.get().version == base
    page = client.get("/projects/kitchen/models/").content.decode()
    assert f"Return to {world.policy.name}" in page

    client.post(f"/projects/kitchen/models/{world.policy.pk}/promote/")
    assert Alias.objects.get().version == world.policy


def test_the_first_promotion_can_be_taken_back_with_one_click(world: World) -> None:
    client, base = signed_in(world.mona), world.round.writer
    Alias.objects.all().delete()
    AliasChange.objects.all().delete()
    AuditEntry.objects.all().delete()

    client.post(f"/projects/kitchen/models/{world.policy.pk}/promote/")

    assert f"Return to {base.name}" in client.get("/projects/kitchen/models/").content.decode()
    assert AuditEntry.objects.filter(action="model.promoted").count() == 1


def test_asking_for_more_than_there_are_prompts_says_how_many_came(world: World) -> None:
    form = {
        "tasks_ranking": "0",
        "tasks_demonstration": "500",
        "tasks_correction": "0",
        "completions_ranking": "4",
        "previous_share": "0",
        "temperature": "1",
        "max_new_tokens": "16",
    }
    client = signed_in(world.mona)

    page = client.post("/projects/kitchen/rounds/1/ask/", form, follow=True).content.decode()
    assert "of 500, one for each prompt that fits" in page

    again = client.post("/projects/kitchen/rounds/1/ask/", form)
    assert again.status_code == 422
    assert "in this round already" in again.content.decode()


def test_a_first_round_offers_the_base_models_to_choose_from(db: None) -> None:
    project = make_project("fresh")
    make_prompt(project)
    older, newer = make_version(name="older"), make_version(name="newer")
    client = signed_in(make_member(project, "Max", Role.MANAGER))
    page = client.get("/projects/fresh/rounds/")
    assert page.context["form"]["base"].field.choices == [
        (newer.pk, "newer"),
        (older.pk, "older"),
    ]

    form = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    form = {name: value for name, value in form.items() if value is not None}
    form |= {"base": str(older.pk), "number": "1"}
    answers = [client.post("/projects/fresh/rounds/", form) for _click in range(2)]

    assert [answer.url for answer in answers] == ["/projects/fresh/rounds/1/"] * 2
    assert Round.objects.get(project=project).writer == older


def test_no_round_is_offered_while_a_chain_of_the_last_one_runs(world: World) -> None:
    make_run(world.round, "ppo", state="queued")

    client = signed_in(world.mona)
    assert not client.get("/projects/kitchen/rounds/").context["may_open"]
    form = dict.fromkeys(client.get("/projects/kitchen/rounds/").context["form"].fields, "1")
    form |= {"previous_share": "0", "base": "", "completions_ranking": "4"}
    del form["languages"], form["use_cases"]
    refused = client.post("/projects/kitchen/rounds/", {**form, "tasks_demonstration": "7"})
    assert refused.status_code == 422
    assert "has runs that have not ended" in refused.content.decode()
    assert 'value="7"' in refused.content.decode()


def test_a_reward_models_card_shows_how_it_did_on_heldout_rankings(world: World) -> None:
    reward = world.evaluation.reward_model
    reward.metrics = {"rankings": 4, "heldout": {"accuracy": 0.71875, "pairs": 32}}
    reward.save()

    page = signed_in(world.mona).get(f"/projects/kitchen/models/{reward.pk}/")

    assert dict(page.context["scores"]) == {
        "Rankings": 4,
        "Held-out pairs in the right order": 0.71875,
        "Held-out pairs": 32,
    }


def test_a_reward_model_cannot_serve(world: World) -> None:
    from registry.models import ModelVersion

    reward = ModelVersion.objects.get(kind="reward")

    answer = signed_in(world.mona).post(f"/projects/kitchen/models/{reward.pk}/promote/")

    assert answer.status_code == 409


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


def test_a_runs_page_counts_what_it_learns_from(world: World) -> None:
    counts = world.runs["sft"].snapshot.counts["train"]
    assert min(counts.values()) > 0

    page = signed_in(world.mona).get(f"/runs/{world.runs['sft'].pk}/").content.decode()

    shown = "{demonstrations} texts, {rankings} rankings, {prompts} prompts".format(**counts)
    assert shown in page
