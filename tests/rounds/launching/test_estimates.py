from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from labeling.models import Preamble
from rounds import stages
from rounds.launching.estimates import FIRST_GUESS, STARTUP_SECONDS, seconds
from rounds.launching.preflight import check
from rounds.launching.recipes import defaults
from rounds.models import Round
from rounds.stages.findings import Look, Stock
from tests.rounds.world import make_run

STOCK = Stock(
    labels={"train": {}, "heldout": {}},
    teaching={
        table: {"train": {kind: (100, 600)}, "heldout": {}}
        for table, kind in (("demonstrations", "demonstration"), ("rankings", "ranking"))
    },
    prompts={"train": 400, "heldout": 100},
)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("sft", "epochs"),
        ("reward", "epochs"),
        ("ppo", "steps"),
        ("evaluate", "samples_per_prompt"),
    ],
)
def test_twice_the_work_is_twice_the_operations(
    first_round: Round, name: str, setting: str
) -> None:
    first_round.writer.parameters = 1_000_000
    recipe = defaults(name)
    if "best_of" in recipe:  # texts of another model, as many as before
        recipe["best_of"] = 0

    def operations(times: int) -> float:
        look = Look(
            round=first_round,
            made=frozenset(),
            recipe={**recipe, setting: times * recipe[setting]},
            stock=STOCK,
            source=first_round.writer,
        )
        return stages.get(name).operations(look)

    assert operations(2) == pytest.approx(2 * operations(1))
    assert operations(1) > 0


@pytest.mark.parametrize("name", ["sft", "reward", "ppo", "dpo", "evaluate"])
def test_what_stands_before_prompts_is_work_too(first_round: Round, name: str) -> None:
    first_round.writer.parameters = 1_000_000
    look = Look(
        round=first_round,
        made=frozenset(),
        recipe=defaults(name),
        stock=STOCK,
        source=first_round.writer,
    )
    bare = stages.get(name).operations(look)
    first_round.preamble = Preamble(messages=[{"role": "system", "content": "four" * 100}])

    assert look.prompt_tokens == 60 + 100
    assert stages.get(name).operations(look) > bare > 0


def test_a_guess_is_called_one_until_each_stage_has_run(first_round: Round) -> None:
    both = ["sft", "reward"]
    now = timezone.now()
    found = []
    for stage in (None, *both):
        if stage:
            run = make_run(first_round, stage, work=1000.0)
            type(run.job).objects.filter(pk=run.job_id).update(
                started_at=now - timedelta(seconds=100), finished_at=now
            )
        context = {"check": check(first_round, both), "round": first_round}
        text = render_to_string("rounds/_preflight.html", context)
        found.append(("Perhaps" in text, "judged by the last runs" in text))

    assert found == [(True, False), (True, False), (False, True)]


def test_the_last_run_of_the_stage_sets_the_speed(first_round: Round) -> None:
    assert seconds("sft", FIRST_GUESS) == STARTUP_SECONDS + 1
    run = make_run(first_round, "sft", work=1000.0)
    now = timezone.now()
    type(run.job).objects.filter(pk=run.job_id).update(
        started_at=now - timedelta(seconds=STARTUP_SECONDS + 100), finished_at=now
    )

    assert seconds("sft", 500.0) == pytest.approx(STARTUP_SECONDS + 50)
