"""Memory that is counted, against numbers by hand, peaks that were measured, and what docs say."""

import re
from pathlib import Path
from typing import Any

import pytest
from transformers import LlamaConfig, Qwen2Config

from benchmarks.large_ppo import SIZES
from training.memory import BF16, FP32, GB, ONE_MODEL, Plan, Shape, counted

SCALE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


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
    for stage in ONE_MODEL:
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


def test_an_evaluation_holds_one_model_in_fp32():
    shape = shape_of("7b")

    found = counted(shape, Plan(stage="evaluate", rollouts=64, prompt=256, new=256))

    assert found["weights"] == 4 * shape.parameters
    assert found["keys and values"] == 64 * 512 * shape.cached * 4
    assert found["weights"] < found["peak"] < 0.9 * 80 * GB


def qwen(hidden: int, inner: int, layers: int, heads: int, groups: int, **how: Any) -> Shape:
    config = Qwen2Config(
        hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=groups, **{"vocab_size": 152064, **how},
    )  # fmt: skip
    return Shape.of(config)


def documented(heading: str) -> dict[str, list[int]]:
    """The numbers of a table of docs/scale.md, by the first word of their line."""
    lines = SCALE.read_text(encoding="utf-8").splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows: dict[str, list[int]] = {}
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        rows[name.split()[0]] = [int(re.sub(r"\D", "", cell)) for cell in cells]
    return rows


def gigabytes(shape: Shape, **plan: Any) -> int:
    return round(counted(shape, Plan(**plan))["peak"] / GB)


def test_docs_say_what_is_counted_for_one_gpu():
    shapes = {
        "135M": shape_of("135m"),
        "1.5B": qwen(1536, 8960, 28, 12, 2, vocab_size=151936, tie_word_embeddings=True),
        "7B": qwen(3584, 18944, 28, 28, 4),
    }
    counts = {
        name: [
            gigabytes(shape, stage="ppo"),
            gigabytes(shape, stage="ppo", lora=64),
            gigabytes(shape, stage="evaluate", rollouts=64),
        ]
        for name, shape in shapes.items()
    }

    assert counts == documented("model")


def test_docs_say_what_is_counted_for_each_of_eight_gpus():
    shapes = {
        "7.6B": qwen(3584, 18944, 28, 28, 4),
        "14.8B": qwen(5120, 13824, 48, 40, 8),
        "32.8B": qwen(5120, 27648, 64, 40, 8),
        "72.7B": qwen(8192, 29568, 80, 64, 8),
    }
    counts = {
        name: [
            gigabytes(shape, stage=stage, lora=rank, processes=8)
            for stage in ("sft", "ppo")
            for rank in (0, 64)
        ]
        for name, shape in shapes.items()
    }

    assert counts == documented("GB on each of 8 GPUs (Qwen2.5's shapes)")
