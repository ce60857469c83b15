"""Which prompts a round's model could not write for, and which a run could not use."""

import pytest
from django.utils.html import escape

from accounts.models import User
from labeling.models import Project
from labeling.withdrawing import withdraw_prompt
from rounds import stages
from rounds.collecting.asking import ask
from rounds.collecting.pending import open_ready_tasks
from rounds.collecting.plan import Plan
from rounds.left_out import SHOWN, left_out, left_out_of
from rounds.models import Round
from tests.factories import make_prompt, make_version
from tests.labeling.calling import TEXTS
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_run, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_what_was_left_out_is_named_by_reason_until_it_is_withdrawn(
    first_round: Round, mona: User
) -> None:
    one, two, three = (make_prompt(first_round.project, f"P {n}") for n in range(3))
    run = make_run(first_round, "generate", source=first_round.writer)
    run.job.result = {"dropped": {"too_long": [one.pk, two.pk], "refused": [three.pk]}}
    run.job.save()

    found = left_out(first_round)

    assert [(group.count, group.prompts) for group in found] == [(1, [three]), (2, [one, two])]
    assert "system message" in str(found[0].reason)
    withdraw_prompt(prompt=one, by=mona)
    withdraw_prompt(prompt=three, by=mona)
    assert [group.prompts for group in left_out(first_round)] == [[two]]


def test_older_runs_named_nothing(first_round: Round) -> None:
    make_run(first_round, "generate", source=first_round.writer)

    assert left_out(first_round) == []


@pytest.mark.parametrize("stage", [s for s in stages.find() if stages.get(s).in_chains])
def test_a_run_names_the_prompts_of_what_it_could_not_use(world: World, stage: str) -> None:
    """Also those that were withdrawn since: they were left out of it."""
    one, two = list(world.project.prompts.order_by("pk")[:2])
    run = world.runs.get(stage) or make_run(world.round, stage)  # an optional one is not there
    run.job.result = {"dropped": {"too_long": [one.pk, one.pk], "refused": [two.pk]}}
    run.job.save()
    withdraw_prompt(prompt=two, by=world.mona)

    refused, long = left_out_of(run)
    page = signed_in(world.mona).get(f"/runs/{run.pk}/").content.decode()

    assert [(group.count, group.prompts) for group in (refused, long)] == [(1, [two]), (1, [one])]
    assert escape(str(refused.reason)) in page
    assert escape(str(long.reason)) in page
    assert f"/prompts/{one.pk}/withdraw/" in page
    assert f"/prompts/{two.pk}/withdraw/" not in page


@pytest.mark.parametrize("result", [{}, {"dropped": 3}, {"dropped": {}}])
def test_a_run_of_an_earlier_version_named_nothing(world: World, result: object) -> None:
    run = world.runs["sft"]
    run.job.result = result
    run.job.save()

    assert left_out_of(run) == []
    assert 'id="left-out"' not in signed_in(world.mona).get(f"/runs/{run.pk}/").content.decode()


def test_a_long_list_of_prompts_is_cut(world: World) -> None:
    prompts = [make_prompt(world.project, f"Long {n}") for n in range(SHOWN + 3)]
    run = world.runs["sft"]
    run.job.result = {"dropped": {"too_long": [prompt.pk for prompt in prompts]}}
    run.job.save()

    [group] = left_out_of(run)

    assert (group.count, group.prompts, group.more) == (SHOWN + 3, prompts[:SHOWN], 3)
    page = signed_in(world.mona).get(f"/runs/{run.pk}/").content.decode()
    assert "and 3 other prompts" in page


def test_every_reason_of_a_trainer_has_words() -> None:
    of_rankings = {"too_long", "refused", "texts", "no_pair", "same_text", "empty", "weightless"}
    assert {name: set(stage.reasons) for name, stage in stages.find().items()} == {
        "blind_texts": {"too_long", "refused"},
        "choose": set(),  # it names none: others are asked about instead
        "dpo": of_rankings,
        "evaluate": {"too_long", "refused"},
        "generate": {"too_long", "refused"},
        "ppo": {"too_long", "refused"},
        "reward": of_rankings,
        "second_reward": of_rankings,
        "sft": {"too_long", "refused"},
    }


def test_a_round_asks_nothing_that_its_model_refuses(
    project: Project, first_round: Round, mona: User
) -> None:
    system = [{"role": "system", "content": "x"}, {"role": "user", "content": "Hi"}]
    refused = make_prompt(project, messages=system)
    withdrawn = make_prompt(project)
    withdraw_prompt(prompt=withdrawn, by=mona)
    answered = make_prompt(project, messages=TEXTS[1:5])
    facts = {"system_turns": False, "tool_turns": False}
    Round.objects.update(writer=make_version(name="plain", metrics=facts))

    found = ask(round_=first_round, plan=Plan(tasks={"demonstration": 50}), by=mona)

    asked = set(project.tasks.values_list("prompt", flat=True))
    assert found["demonstration"] == len(asked) == 12
    assert not asked & {refused.pk, withdrawn.pk, answered.pk}


def test_a_prompt_withdrawn_meanwhile_is_not_waited_for(first_round: Round, mona: User) -> None:
    prompt = make_prompt(first_round.project)
    first_round.pending = {"ranking": {str(prompt.pk): 4}}
    first_round.save()
    withdraw_prompt(prompt=prompt, by=mona)

    assert open_ready_tasks(round_=first_round) == 0

    first_round.refresh_from_db()
    assert first_round.pending == {"ranking": {}}
