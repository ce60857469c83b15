"""Memory that is counted, against numbers by hand and peaks that were measured."""

import pytest
from transformers import LlamaConfig

from benchmarks.large_ppo import SIZES
from training.memory import BF16, FP32, GB, Plan, Shape, counted


def shape_of(size: str) -> Shape:
    return Shape.of(LlamaConfig(**SIZES[size]))


# `python -m benchmarks.large_ppo` on one H100 (docs/scale.md): size, rollouts, new tokens, GB.
@pytest.mark.parametrize(
    ("size", "rollouts", "new", "loaded", "peak"),
    [("7b", 512, 384, 17.22, 45.89), ("135m", 64, 128, 0.50, 3.49)],
)
def test_peaks_that_were_measured(size, rollouts, new, loaded, peak):
    plan = Plan(stage="ppo", lora=64, rows=16, rollouts=rollouts, prompt=128, new=new)
    shape = shape_of(size)

    found = counted(shape, plan)

    average = FP32 * plan.lora * shape.maps  # the benchmark deploys nothing
    assert (found["weights"] - average) / GB == pytest.approx(loaded, rel=0.05)
    assert (found["peak"] - average) / GB == pytest.approx(peak, rel=0.1)


def test_a_model_of_7b_with_lora_takes_less_than_four_bytes_a_parameter_and_fits_a_card():
    shape = shape_of("7b")

    found = counted(shape, Plan(stage="ppo", lora=64, rollouts=512, prompt=256, new=256))

    assert (found["weights"] + found["gradients and optimiser"]) / shape.parameters < 4
    assert found["peak"] < 0.9 * 80 * GB


def test_all_weights_in_ppo_are_44_bytes_a_parameter():
    shape = shape_of("135m")

    found = counted(shape, Plan(stage="ppo"))

    assert found["weights"] + found["gradients and optimiser"] == 44 * shape.parameters


def test_without_values_ppo_holds_28_bytes_a_parameter():
    shape = shape_of("135m")

    found = counted(shape, Plan(stage="ppo", values=False))

    assert found["weights"] + found["gradients and optimiser"] == 28 * shape.parameters


def test_of_several_processes_each_has_a_part_and_what_is_whole_for_a_while():
    shape = shape_of("7b")
    alone, shared = (
        counted(shape, Plan(stage="ppo", lora=64, processes=count)) for count in (1, 8)
    )

    for name in ("weights", "gradients and optimiser", "keys and values"):
        assert shared[name] == pytest.approx(alone[name] / 8)
    assert shared["activations"] == alone["activations"]
    assert shared["policy while it samples"] == BF16 * shape.parameters
    layers = shared["layers while they are computed"]
    assert BF16 * 2 * shape.vocabulary * shape.hidden < layers < BF16 * shape.parameters / 4
    whole_for_a_while = shared["keys and values"] + shared["policy while it samples"]
    assert shared["peak"] == pytest.approx(
        shared["weights"]
        + shared["gradients and optimiser"]
        + max(shared["activations"] + layers, whole_for_a_while),
        rel=0.1,
    )


def test_stages_with_one_model_are_16_bytes_a_parameter_or_what_keeps_still():
    shape = shape_of("135m")
    for stage in ("sft", "reward"):
        whole = counted(shape, Plan(stage=stage))
        beside = counted(shape, Plan(stage=stage, lora=8))
        learned = 8 * shape.maps

        assert whole["weights"] + whole["gradients and optimiser"] == 16 * shape.parameters
        assert beside["weights"] == BF16 * shape.parameters + FP32 * learned
        assert beside["gradients and optimiser"] == 12 * learned


def test_the_shape_of_a_llama_by_hand():
    config = LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=100,
    )  # fmt: skip

    shape = Shape.of(config)

    layer = (64 + 64) + 2 * (64 + 32) + (64 + 64) + 2 * (64 + 128) + (128 + 64)
    assert (shape.maps, shape.cached) == (2 * layer, 2 * 2 * 2 * 16)
    assert shape.inner == layer + 4 * 64
