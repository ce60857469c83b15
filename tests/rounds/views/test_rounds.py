"""Opening rounds, and asking for more."""

import pytest

from labeling.models import Prompt, Role
from rounds.models import Round
from tests.factories import (
    RUBRIC,
    make_member,
    make_project,
    make_prompt,
    make_version,
)
from tests.rounds.views.asking import NO_TASKS, signed_in
from tests.rounds.world import World, make_run


def test_opening_a_round_in_the_browser(world: World) -> None:
    client = signed_in(world.mona)
    form = {
        "number": "2",
        **NO_TASKS,
        "tasks_ranking": "2",
        "tasks_demonstration": "1",
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
        **NO_TASKS,
        "tasks_ranking": "2",
        "completions_ranking": "3",
        "previous_share": "0",
        "temperature": "1",
        "max_new_tokens": "32",
    }

    answer = signed_in(world.mona).post("/projects/kitchen/rounds/", form | change)

    assert answer.status_code == 422
    assert b'class="message error problems' in answer.content
    assert Round.objects.count() == 1


def test_asking_for_more_than_there_are_prompts_says_how_many_came(world: World) -> None:
    form = {
        **NO_TASKS,
        "tasks_demonstration": "500",
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


def test_the_form_says_how_many_prompts_have_a_rubric(world: World) -> None:
    prompts = world.project.prompts.in_use()
    Prompt.objects.filter(pk=prompts[0].pk).update(rubric=RUBRIC)

    page = signed_in(world.mona).get("/projects/kitchen/rounds/1/").content.decode()

    assert f"1 of {prompts.count()} prompts have a rubric." in page


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
    form |= {name: "4" for name in form if name.startswith("completions_")}
    form |= {"previous_share": "0", "base": ""}
    del form["languages"], form["use_cases"]
    refused = client.post("/projects/kitchen/rounds/", {**form, "tasks_demonstration": "7"})
    assert refused.status_code == 422
    assert "has runs that have not ended" in refused.content.decode()
    assert 'value="7"' in refused.content.decode()


def test_the_loop_alone_for_htmx(world: World) -> None:
    answer = signed_in(world.mona).get(
        "/projects/kitchen/rounds/1/", headers={"HX-Request": "true"}
    )

    assert "<html" not in answer.content.decode()
    assert 'id="loop"' in answer.content.decode()


def test_all_that_stands_above_the_form_for_htmx(world: World) -> None:
    make_run(world.round, "generate", state="queued")

    page = signed_in(world.mona).get("/projects/kitchen/rounds/1/")
    answer = signed_in(world.mona).get(
        "/projects/kitchen/rounds/1/?part=standing", headers={"HX-Request": "true"}
    )

    assert answer.content.decode().strip() in page.content.decode()
    parts = ('id="loop"', 'id="labels"', "state-queued", "every 4s")
    assert [part for part in parts if part not in answer.content.decode()] == []


def test_a_round_for_which_nothing_could_be_written_says_why(db: None) -> None:
    """Generation ends well, and nobody would wait for it any more."""
    project = make_project("kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    prompt = make_prompt(project, "A long one")
    base = make_version(name="base")
    opened = Round.objects.create(project=project, number=1, writer=base)
    run = make_run(opened, "generate", source=base)
    run.job.result = {"dropped": {"too_long": [prompt.pk]}}
    run.job.save()

    page = signed_in(mona).get("/projects/kitchen/rounds/1/").content.decode()

    assert "its model could write for none of the prompts." in page
    assert "1 prompt is not asked about." in page
    assert f"/projects/kitchen/prompts/{prompt.pk}/withdraw/" in page
    assert "they open when their completions are written" not in page


def test_ending_a_round_counts_what_is_lost_and_asks_for_its_number(world: World) -> None:
    client = signed_in(world.mona)
    plan = NO_TASKS | {"number": "2", "tasks_demonstration": "2", "temperature": "1"}
    plan |= {"previous_share": "0", "completions_ranking": "3", "max_new_tokens": "32"}
    client.post("/projects/kitchen/rounds/", plan)
    page = "/projects/kitchen/rounds/2/end/"

    asked = client.get(page).content.decode()
    refused = client.post(page, {"act": "cancel", "typed": "1"})
    done = client.post(page, {"act": "cancel", "typed": "2"}, follow=True)

    assert "2 open tasks are withdrawn." in asked
    assert (refused.status_code, "Type 2, the number" in refused.content.decode()) == (422, True)
    assert "The round is cancelled." in done.content.decode()
    assert "Open round 3" in client.get("/projects/kitchen/rounds/").content.decode()
    assert "over already" in client.get(page).content.decode()
    closed = client.get("/projects/kitchen/rounds/1/end/").content.decode()
    assert "over already" in closed


def test_collecting_is_stopped_on_its_page(world: World) -> None:
    client = signed_in(world.mona)

    page = client.post("/projects/kitchen/rounds/1/end/", {"act": "collect"}, follow=True)

    assert "Train with what there is." in page.content.decode()


def test_runs_that_write_say_whose_texts_they_are(world: World) -> None:
    """“Made” named the model that wrote, as if the run had made it."""
    page = " ".join(
        signed_in(world.mona).get("/projects/kitchen/rounds/1/").content.decode().split()
    )

    assert '<span class="quiet"> texts by base </span>' in " ".join(page.split())
