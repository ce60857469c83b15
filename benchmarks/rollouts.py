"""PPO's sampling by a server beside our own, side by side, of one policy with LoRA.

    RONDO_ENGINE_URL=http://127.0.0.1:8000/v1 python -m benchmarks.rollouts --model FOLDER
        [--rank 16] [--rollouts 32] [--prompt 48] [--new 48] [--precision fp32]

The server is started as docs/engine.md says, on FOLDER. Both are warm and take turns; the middle of
three counts. No token ends a text, so that both draw as many. `sync_s` is what giving the server
the policy takes, which it needs in each step. Writes results/rollouts.json.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from benchmarks.training.machine import machine, versions
from training.contract import files
from training.folder import JobFolder
from training.models import load_policy
from training.policy import Policy
from training.ppo.following import Following
from training.ppo.spec import ENGINE, PPOSpec
from training.processes import Alone
from training.sampling import Request, Sampling
from training.sampling.engines import Here
from training.tuning import Tuning

RESULTS = Path(__file__).resolve().parent / "results" / "rollouts.json"
REPEATS = 3
FIRST = 300  # of the token ids in prompts: no control tokens


def seconds_of(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def turns(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The middle time of each, in turns, after one that warms it."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(1 + REPEATS):
        for name, run in runs.items():
            found[name].append(seconds_of(run))
    return {name: round(statistics.median(times[1:]), 2) for name, times in found.items()}


def prompts_of(count: int, tokens: int) -> Sequence[Sequence[int]]:
    draw = torch.Generator().manual_seed(0)
    ids: list[list[int]] = torch.randint(FIRST, 1000, (count, tokens), generator=draw).tolist()
    return ids


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rollouts", type=int, default=32)
    parser.add_argument("--prompt", type=int, default=48)
    parser.add_argument("--new", type=int, default=48)
    parser.add_argument("--precision", default="auto")
    given = parser.parse_args()
    spec = PPOSpec(
        policy=given.model, reward_model="", lora_rank=given.rank, precision=given.precision,
        sampler=ENGINE,
    )  # fmt: skip
    tuning = Tuning.of(spec, given.model)
    model, chat = load_policy(given.model, dtype=tuning.weights)
    policy = Policy(model, tuning, forbid=chat.forbid)
    policy.tune()
    chat.__dict__["drawable"] = chat.drawable - chat.stop_ids
    ids = prompts_of(given.rollouts, given.prompt)
    requests = [Request(prompt, [number]) for number, prompt in enumerate(ids)]
    sampling = Sampling(max_new_tokens=given.new)
    with tempfile.TemporaryDirectory() as path:
        spec.write(Path(path))
        with JobFolder(path) as folder:
            there = Following.of(folder, spec, model, chat, Alone())
            if there is None:
                raise SystemExit(f"{files.ENGINE_URL} names no server")
            here = Here(model, chat)
            with policy.backbone.autocast():
                found = turns(
                    {
                        "sync_s": lambda: there.follow(ids),
                        "server_s": lambda: there.sample(requests, sampling=sampling),
                        "ours_s": lambda: here.sample(requests, sampling=sampling),
                    }
                )
            there.leave()
    tokens = given.rollouts * given.new
    result = {
        "machine": machine("cuda" if torch.cuda.is_available() else "cpu"),
        "versions": versions(),
        "way": "adapter" if there.beside else "weights",
        "rank": given.rank,
        "rollouts": given.rollouts,
        "prompt": given.prompt,
        "new": given.new,
        "compute": str(tuning.compute),
        **found,
        "server_tokens_s": round(tokens / found["server_s"]),
        "ours_tokens_s": round(tokens / found["ours_s"]),
        "ratio": round(found["ours_s"] / (found["server_s"] + found["sync_s"]), 2),
    }
    print(json.dumps(result), flush=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
