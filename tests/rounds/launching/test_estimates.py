from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import ModelVersion
from rounds.launching.estimates import FIRST_GUESS, STARTUP_SECONDS, Examples, seconds, work
from rounds.launching.recipes import defaults
from rounds.models import Round
from tests.rounds.world import make_run

EXAMPLES = Examples(sft=100, reward=100, heldout_prompts=100, per_ranking=4)


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("sft", "epochs"),
        ("reward", "epochs"),
        ("ppo", "steps"),
        ("evaluate", "samples_per_prompt"),
    ],
)
def test_twice_the_work_is_twice_the_operations(base: ModelVersion, stage: str, name: str) -> None:
    base.parameters = 1_000_000
    recipe = defaults(stage)
    once = work(stage, recipe, model=base, examples=EXAMPLES)
    twice = work(stage, {**recipe, name: 2 * recipe[name]}, model=base, examples=EXAMPLES)

    assert twice == pytest.approx(2 * once)


def test_the_last_run_of_the_stage_sets_the_speed(first_round: Round) -> None:
    assert seconds("sft", FIRST_GUESS) == STARTUP_SECONDS + 1
    run = make_run(first_round, "sft", work=1000.0)
    now = timezone.now()
    type(run.job).objects.filter(pk=run.job_id).update(
        started_at=now - timedelta(seconds=STARTUP_SECONDS + 100), finished_at=now
    )

    assert seconds("sft", 500.0) == pytest.approx(STARTUP_SECONDS + 50)
