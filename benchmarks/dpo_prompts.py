"""What it saves DPO that the texts of a ranking share their prompt, which is computed once.

    python -m benchmarks.dpo_prompts [--device cuda]

Loss and gradients of rankings of K texts, each way by turns in one process, on a random model of
SmolLM2-135M's shape in fp32: prompts of 128 tokens, texts of 64. The fastest of three. Writes
results/dpo_prompts.json.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.training.machine import machine, versions
from benchmarks.training.material import SMOLLM2
from training.backbone import Backbone
from training.dpo.spec import DPOSpec
from training.dpo.steps import batch_gradients
from training.dpo.texts import Example
from training.policy import Policy
from training.rankings import Ranking
from training.reading import Reader
from training.rows import trained

RESULTS = Path(__file__).resolve().parent / "results" / "dpo_prompts.json"
PROMPT, TEXT, REPEATS = 128, 64, 3
SIZES = {4: 2, 9: 1}  # texts: rankings
SPEC = DPOSpec(model="")


def examples_of(texts: int, count: int) -> list[Example]:
    dice = torch.Generator().manual_seed(texts)

    def drawn(tokens: int) -> list[int]:
        return torch.randint(3, SMOLLM2["vocab_size"], (tokens,), generator=dice).tolist()

    tiers = [[place] for place in range(texts)]
    return [
        Example(
            Ranking(n, "ada", drawn(PROMPT), [drawn(TEXT) for _ in range(texts)], tiers),
            [-700.0] * texts,
        )
        for n in range(count)
    ]


def seconds(policy: Policy, examples: list[Example]) -> float:
    for parameter in trained(policy).values():
        parameter.grad = None
    reader = Reader(policy, 0, 1.0, tokens=SPEC.micro_batch_tokens)
    began = time.monotonic()
    batch_gradients(reader, examples, spec=SPEC, rankings=len(examples))
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SMOLLM2)).to(device)
    policy = Policy(model, forbid=lambda logits: logits)
    report: dict[str, Any] = {
        "machine": machine(device),
        "versions": versions(),
        "threads": torch.get_num_threads(),
    }
    for texts, count in SIZES.items():
        examples = examples_of(texts, count)
        found: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(1 + REPEATS):  # the first one warms up
            for shares, each in found.items():
                policy.backbone.__dict__[Backbone.shares_prompts.attrname] = shares
                each.append(seconds(policy, examples))
        shared, apart = (min(found[shares][1:]) / count for shares in (True, False))
        report[f"k{texts}"] = {
            "shared_s": round(shared, 2),
            "apart_s": round(apart, 2),
            "ratio": round(apart / shared, 2),
        }
        print(f"K = {texts}, a ranking: {report[f'k{texts}']}", flush=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
