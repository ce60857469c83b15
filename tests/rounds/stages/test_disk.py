"""How much of the disk a stage takes, for whoever has to free it."""

import pytest

from jobs import handlers
from rounds import stages
from rounds.launching.recipes import defaults
from tests.factories import make_version
from tests.rounds.world import make_run


@pytest.mark.parametrize("name", sorted(stages.find()))
def test_a_stage_says_how_much_it_needs(first_round, name):
    source = make_version(name="big", kind="sft", family=first_round.project.family)
    source.parameters = 10**6
    source.save()
    first_round.writer = source
    first_round.save()
    run = make_run(first_round, name, state="queued", source=source)

    needed = handlers.get(name).bytes_needed(run.job)

    assert needed == (round(10**6 * stages.get(name).disk(run.recipe)) or None)
    assert (needed is None) == (name in {"blind_texts", "choose", "evaluate", "generate"})


def test_fine_tuning_keeps_the_best_epochs_model_beside_three_checkpoints():
    recipe = defaults("sft")

    assert stages.get("sft").disk(recipe) == 3 * 12 + 4


def test_what_is_fetched_says_nothing():
    assert handlers.get("base_model").bytes_needed(None) is None
