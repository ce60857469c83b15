import pytest

from core.errors import BadInputError
from rounds.launching.recipes import PRESETS, clean, defaults, usual_preset
from rounds.stages import launchable
from rounds.stages.setting import CPU, INSTRUCTGPT, LORA


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


def test_a_default_batch_is_not_larger_than_the_data() -> None:
    assert clean("reward", {}, examples=5)["batch_size"] == 5
    assert clean("reward", {}, examples=500)["batch_size"] == defaults("reward")["batch_size"]
    assert defaults("sft", preset=CPU)["batch_size"] == 8
