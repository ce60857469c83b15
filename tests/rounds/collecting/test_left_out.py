"""Which prompts a round's model could not write for."""

from accounts.models import User
from labeling.models import Project
from labeling.withdrawing import withdraw_prompt
from rounds.collecting.asking import ask
from rounds.collecting.left_out import left_out
from rounds.collecting.pending import open_ready_tasks
from rounds.collecting.plan import Plan
from rounds.models import Round
from tests.factories import make_prompt, make_version
from tests.rounds.world import make_run


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


def test_a_round_asks_nothing_that_its_model_refuses(
    project: Project, first_round: Round, mona: User
) -> None:
    system = [{"role": "system", "content": "x"}, {"role": "user", "content": "Hi"}]
    refused = make_prompt(project, messages=system)
    withdrawn = make_prompt(project)
    withdraw_prompt(prompt=withdrawn, by=mona)
    Round.objects.update(writer=make_version(name="plain", metrics={"system_turns": False}))

    found = ask(round_=first_round, plan=Plan(tasks={"demonstration": 50}), by=mona)

    asked = set(project.tasks.values_list("prompt", flat=True))
    assert found["demonstration"] == len(asked) == 12
    assert not asked & {refused.pk, withdrawn.pk}


def test_a_prompt_withdrawn_meanwhile_is_not_waited_for(first_round: Round, mona: User) -> None:
    prompt = make_prompt(first_round.project)
    first_round.pending = {"ranking": {str(prompt.pk): 4}}
    first_round.save()
    withdraw_prompt(prompt=prompt, by=mona)

    assert open_ready_tasks(round_=first_round) == 0

    first_round.refresh_from_db()
    assert first_round.pending == {"ranking": {}}
