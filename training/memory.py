"""How much memory a stage takes, counted before it runs.

    python -m training.memory MODEL --stage ppo --lora 64

MODEL: a model's folder, or just its config.json. Counted is what lies there whatever the rows are
(weights, gradients, Adam's two moments, the average) and what grows with them (keys and values of
rollouts, activations, logits). What a framework takes beside that is not: leave a tenth. The
figures are held against peaks that were measured in docs/scale.md.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedConfig

from training.adapters import linear_maps

FP32, BF16 = 4, 2
LOGITS = 5  # as measured on GPUs, before PPO made their gradient in one pass: more than now
LEARNED = 3 * FP32  # of a parameter that learns, beside itself: its gradient and Adam's two moments
ONE_MODEL = ("sft", "reward", "dpo")  # that learns
PPO, EVALUATE = "ppo", "evaluate"
STAGES = (*ONE_MODEL, PPO, EVALUATE)
READ_AT_ONCE = 1024  # tokens of which an evaluation holds the logits
GB = 1e9


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to run. lora: the rank, 0 for all weights. rows: in memory at once, in the update.

    rollouts: of a step of PPO, or texts of an evaluation, sampled at once. values: whether PPO has
    a value network. prompt and new: tokens of a row. processes: that hold a part of each model
    (FSDP2), and of the rollouts; what is counted is on each.
    """

    stage: str
    lora: int = 0
    half: bool = True  # products in bf16
    checkpointing: bool = True
    rows: int = 16
    rollouts: int = 512
    prompt: int = 256
    new: int = 256
    values: bool = True  # PPO's value network
    processes: int = 1


@dataclass(frozen=True)
class Shape:
    """Of a decoder. maps: inputs and outputs, summed, of all linear maps of its layers."""

    parameters: int
    layers: int
    hidden: int
    inner: int  # widths of all that a layer keeps of a token for its gradient, summed
    vocabulary: int
    cached: int  # numbers that the keys and values of a token have, in all layers
    maps: int

    @classmethod
    def of(cls, config: PreTrainedConfig) -> "Shape":
        """By a model of this configuration that has no memory."""
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
        maps = list(linear_maps(model).values())
        sizes = [(m.weight.shape[1], m.weight.shape[0]) for m in maps]
        heads = config.num_attention_heads
        groups = getattr(config, "num_key_value_heads", None) or heads
        width = getattr(config, "head_dim", None) or config.hidden_size // heads
        layers: int = config.num_hidden_layers
        return cls(
            parameters=model.num_parameters(),
            layers=layers,
            hidden=config.hidden_size,
            inner=sum(one + other for one, other in sizes) // layers + 4 * config.hidden_size,
            vocabulary=config.vocab_size,
            cached=2 * layers * groups * width,
            maps=sum(one + other for one, other in sizes),
        )


def counted(shape: Shape, plan: Plan) -> dict[str, float]:
    """Bytes, by what takes them; `peak` is the most that lies there at once."""
    if plan.stage == EVALUATE:
        return _of_evaluation(shape, plan)
    weights, learned = _weights(shape, plan)
    moment = BF16 if plan.half else FP32
    row = plan.prompt + plan.new
    kept = shape.layers * shape.hidden if plan.checkpointing else shape.layers * shape.inner
    one_layer = shape.inner if plan.checkpointing else 0
    update = float(plan.rows * row * (kept + one_layer) * moment)
    if plan.stage != "reward":
        head = shape.vocabulary * shape.hidden if plan.half else 0  # in fp32 while it is used
        logits = LOGITS * shape.vocabulary * plan.new * plan.rows
        update += FP32 * (head + logits)
    weights, learned = weights / plan.processes, learned / plan.processes
    found = {"weights": weights, "gradients and optimiser": learned, "activations": update}
    one_whole = moment  # gathered as it is multiplied
    if plan.processes > 1:  # a layer, the next one, and what is no layer
        tables = 2 * shape.vocabulary * shape.hidden
        layer = max(0, shape.parameters - tables) / shape.layers
        found["layers while they are computed"] = one_whole * (2 * layer + tables)
        update += found["layers while they are computed"]
    sampling = 0.0
    if plan.stage == PPO:
        own = plan.rollouts / plan.processes
        sampling = found["keys and values"] = own * row * shape.cached * moment
        if plan.processes > 1:
            found["policy while it samples"] = float(one_whole * shape.parameters)
            sampling += found["policy while it samples"]
    return found | {"peak": weights + learned + max(update, sampling)}


def _of_evaluation(shape: Shape, plan: Plan) -> dict[str, float]:
    """One model at a time, in fp32: where there is room for more, they stay."""
    weights = float(FP32 * shape.parameters)
    texts = float(plan.rollouts * (plan.prompt + plan.new) * shape.cached * FP32)
    read = float(FP32 * READ_AT_ONCE * (shape.inner + LOGITS * shape.vocabulary))
    found = {"weights": weights, "keys and values": texts, "activations": read}
    return found | {"peak": weights + max(texts, read)}


def _weights(shape: Shape, plan: Plan) -> tuple[float, float]:
    """Bytes of weights, and of what comes with those that learn."""
    one = float(shape.parameters)
    beside = float(plan.lora * shape.maps)
    critic = int(plan.values)
    learning = 1 if plan.stage in ONE_MODEL else 1 + critic
    if not plan.lora:
        # Policy, reference, scorer and average. DPO reads its reference before and after it learns.
        models = 1 if plan.stage in ONE_MODEL else 4 + critic
        return models * FP32 * one, learning * LEARNED * one
    copies = 1 if plan.stage in ONE_MODEL else 3 + critic  # policy, scorer, average
    kept = one * (BF16 if plan.half else FP32)
    return kept + copies * FP32 * beside, learning * LEARNED * beside


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m training.memory", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--stage", choices=STAGES, default=PPO)
    parser.add_argument("--lora", type=int, default=0, help="rank; 0: all weights learn")
    parser.add_argument("--fp32", action="store_true", help="products in fp32")
    parser.add_argument("--keep-activations", action="store_true")
    parser.add_argument("--rows", type=int, default=16, help="in memory at once")
    parser.add_argument("--rollouts", type=int, default=512)
    parser.add_argument("--prompt", type=int, default=256)
    parser.add_argument("--new", type=int, default=256)
    parser.add_argument("--no-values", action="store_true", help="PPO by the other rollouts' mean")
    parser.add_argument("--processes", type=int, default=1, help="that hold parts of it (FSDP2)")
    given = parser.parse_args()
    if given.stage == EVALUATE and given.processes > 1:
        parser.error("an evaluation is one process")
    folder = given.model.parent if given.model.is_file() else given.model
    shape = Shape.of(AutoConfig.from_pretrained(folder, local_files_only=True))
    plan = Plan(
        stage=given.stage, lora=given.lora, half=not given.fp32,
        checkpointing=not given.keep_activations, rows=given.rows, rollouts=given.rollouts,
        prompt=given.prompt, new=given.new, values=not given.no_values, processes=given.processes,
    )  # fmt: skip
    found = counted(shape, plan)
    sys.stdout.write(f"{shape.parameters / GB:.2f} billion parameters, {plan}\n")
    for name, size in found.items():
        each = size / shape.parameters
        sys.stdout.write(f"{name:30} {size / GB:8.2f} GB  {each:6.2f} bytes a parameter\n")


if __name__ == "__main__":
    main()
