import random
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db.models.functions import Now

from core.errors import BadInputError
from jobs import services as jobs
from jobs.models import Worker
from rounds.launching.recipes import PRESETS, clean, defaults, usual_preset
from rounds.models import Round
from rounds.stages import launchable
from rounds.stages.findings import Limits
from rounds.stages.setting import CPU, INSTRUCTGPT, LORA, Setting
from tests.factories import make_version
from training.contract.spec import Spec


@pytest.mark.parametrize("stage", launchable())
@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_in_range(stage: str, preset: str) -> None:
    recipe = defaults(stage, preset=preset)

    assert clean(stage, recipe) == recipe


def test_a_large_model_learns_beside_its_weights_at_ten_times_the_rate() -> None:
    assert [usual_preset(size) for size in (135_000_000, 7_000_000_000)] == [CPU, LORA]
    for stage in ("sft", "reward", "ppo"):
        whole, beside = (defaults(stage, preset=preset) for preset in (INSTRUCTGPT, LORA))
        assert (whole["lora_rank"], beside["lora_rank"]) == (0, 64)
        assert beside["learning_rate"] == pytest.approx(10 * whole["learning_rate"])


def test_instructgpt_is_instructgpt() -> None:
    ppo = defaults("ppo", preset=INSTRUCTGPT)

    assert [ppo[k] for k in ("batch_size", "minibatch_size", "kl_coef", "clip_range")] == [
        512,
        64,
        0.02,
        0.2,
    ]
    assert defaults("reward", preset=INSTRUCTGPT)["learning_rate"] == 9e-6


@pytest.mark.parametrize(
    ("stage", "values", "field"),
    [
        ("ppo", {"kl_coef": -1.0}, "ppo-kl_coef"),
        ("ppo", {"kl_coef": float("nan")}, "ppo-kl_coef"),
        ("ppo", {"kl_coef": float("inf")}, "ppo-kl_coef"),
        ("ppo", {"steps": 0}, "ppo-steps"),
        ("ppo", {"steps": 10**30}, "ppo-steps"),
        ("ppo", {"steps": 1.5}, "ppo-steps"),
        ("ppo", {"steps": True}, "ppo-steps"),
        ("ppo", {"minibatch_size": 24}, "ppo-minibatch_size"),
        ("ppo", {"rollouts_per_prompt": 5}, "ppo-rollouts_per_prompt"),
        ("ppo", {"rollouts_per_prompt": 1, "baseline": "leave_one_out"}, "ppo-rollouts_per_prompt"),
        ("ppo", {"baseline": "mean"}, "ppo-baseline"),
        ("ppo", {"kl_target": 6.0, "kl_coef": 0.0}, "ppo-kl_coef"),
        ("ppo", {"sampler": "vllm"}, "ppo-sampler"),
        ("ppo", {"sampler": "engine"}, "ppo-sampler"),  # RONDO_ENGINE_URL names none
        ("ppo", {"ptx_corpus": "tales.txt"}, "ppo-ptx_corpus"),
        ("sft", {"learning_rate": 1.0}, "sft-learning_rate"),
        ("sft", {"learning_rate": "1e-5"}, "sft-learning_rate"),
        ("sft", {"corrections_as_demonstrations": 1}, "sft-corrections_as_demonstrations"),
        ("sft", {"batch_size": 11}, "sft-batch_size"),
        ("sft", {"colour": 1}, "sft-colour"),
        ("reward", {"ties": "both"}, "reward-ties"),
    ],
)
def test_bad_settings_name_the_field(stage: str, values: dict[str, object], field: str) -> None:
    with pytest.raises(BadInputError) as caught:
        clean(stage, values, examples=10 if stage == "sft" else None)

    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize("stage", ["ppo", "dpo", "evaluate"])
def test_a_completion_leaves_the_prompt_room_in_the_models_context(stage: str) -> None:
    with pytest.raises(BadInputError) as caught:
        clean(stage, {"max_new_tokens": 1024}, limits=Limits(context=1024))

    assert caught.value.errors == {
        f"{stage}-max_new_tokens": "The model takes 1024 tokens, prompt and completion together: "
        "fewer than that."
    }
    assert clean(stage, {"max_new_tokens": 1023}, limits=Limits(context=1024))


@pytest.mark.parametrize(
    ("stage", "values", "field"),
    [
        ("sft", {"batch_size": 8}, "sft-batch_size"),
        ("ppo", {"minibatch_size": 32}, "ppo-minibatch_size"),
        ("reward", {"batch_size": 8, "frozen_layers": 0}, ""),  # whose shares may be uneven
        ("dpo", {"batch_size": 8}, ""),
    ],
)
def test_each_process_of_a_worker_gets_an_equal_share(
    stage: str, values: dict[str, int], field: str
) -> None:
    assert clean(stage, values, limits=Limits(processes=frozenset({1, 4})))
    shared = Limits(processes=frozenset({1, 3}), shards=True)
    if not field:
        assert clean(stage, values, limits=shared)
        return

    with pytest.raises(BadInputError) as caught:
        clean(stage, values, limits=shared)

    text = "Of a worker 3 processes share it: choose a multiple of that."
    assert caught.value.errors == {field: text}


@pytest.mark.parametrize("stage", ["reward", "ppo", "dpo"])
def test_layers_of_models_in_parts_are_not_frozen(stage: str) -> None:
    for frozen in (-1, 4):
        with pytest.raises(BadInputError) as caught:
            clean(stage, {"frozen_layers": frozen}, limits=Limits(shards=True))
        assert list(caught.value.errors) == [f"{stage}-frozen_layers"]
    assert clean(stage, {"frozen_layers": 4})


@pytest.mark.django_db
def test_limits_are_those_of_the_workers_that_are_there(first_round: Round) -> None:
    assert Limits.of(first_round) == Limits(judged=False)
    jobs.report(name="gpu@a:1", queues=["gpu"], processes=4)
    jobs.report(name="gpu@b:1", queues=["default", "gpu"], processes=8, shards=True)
    jobs.report(name="plain@c:1", queues=["default"], processes=3)
    first_round.writer.metrics |= {"context": 512}
    first_round.writer.save()

    found = Limits.of(first_round)

    none = Limits(context=512, judged=False)
    assert found == replace(none, processes=frozenset({4, 8}), shards=True)
    Worker.objects.update(seen_at=Now() - timedelta(minutes=5))
    assert Limits.of(first_round) == none
    make_version("reward", family=first_round.project.family)
    assert Limits.of(first_round) == Limits(context=512)


def test_a_default_batch_is_not_larger_than_the_data() -> None:
    assert clean("reward", {}, examples=5)["batch_size"] == 5
    assert clean("reward", {}, examples=500)["batch_size"] == defaults("reward")["batch_size"]
    assert defaults("sft", preset=CPU)["batch_size"] == 8


def likely(setting: Setting) -> list[Any]:
    """Values at the edges of its range, of the presets, and all words of a choice."""
    presets = [setting.default(preset) for preset in PRESETS]
    if setting.is_choice or isinstance(setting.cpu, bool):
        return [*presets, *setting.words]
    kind = type(setting.cpu)
    edges = [setting.low, setting.high, *(n for n in (0, 1, 2, 3) if n <= setting.high)]
    return [*presets, *(kind(edge) for edge in edges)]


def spec_of(stage: str, recipe: dict[str, Any]) -> Spec:
    """What its trainer would be told; models stand for themselves."""
    module = import_module(f"training.{launchable()[stage].trainer or stage}.spec")
    kind = next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Spec) and value is not Spec
    )
    told = {one.name for one in launchable()[stage].settings if one.in_spec}
    models = {
        field.name: "model"
        for field in fields(kind)
        if field.name == "reward_model"
        or (field.default is MISSING and field.default_factory is MISSING)
    }
    return kind(**models, **{name: value for name, value in recipe.items() if name in told})


@pytest.mark.parametrize("stage", launchable())
def test_whatever_a_launch_takes_its_trainer_takes(stage: str) -> None:
    """Else it would fail in the worker, hours later, and name no field."""
    dice = random.Random(stage)
    settings = launchable()[stage].settings
    taken = 0
    for _ in range(3000):
        recipe = defaults(stage, preset=dice.choice(list(PRESETS)))
        for setting in dice.sample(settings, min(3, len(settings))):
            recipe[setting.name] = dice.choice(likely(setting))
        try:
            clean(stage, recipe)
        except BadInputError:
            continue
        taken += 1
        spec_of(stage, recipe)

    assert taken > 300
