"""Seconds and memory of a step of the reward and PPO stages, run as the processes that users run.

    python -m benchmarks.training_steps MODEL_FOLDER [FROZEN_LAYERS ...]

Rankings of four completions, prompts and completions of about 40 tokens each; 32 rankings a step in
the reward stage, 32 rollouts in one minibatch in PPO. The fastest step but the first is shown.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from training.contract import files
from training.contract.spec import Spec
from training.ppo.spec import PPOSpec
from training.reward.spec import RewardSpec

WORDS = [
    "sea",
    "house",
    "bread",
    "music",
    "bridge",
    "winter",
    "letter",
    "garden",
    "friend",
    "train",
    "river",
    "teacher",
]
RANKINGS, BATCH, NEW_TOKENS, PPO_STEPS = 96, 32, 40, 3
PHASES = ("seconds_generate", "seconds_score", "seconds_update")


def text(words: int, dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(words))


def rankings() -> list[dict[str, Any]]:
    dice = random.Random(0)
    return [
        {
            "annotation_id": number,
            "prompt_id": number,
            "messages": [{"role": "user", "content": f"Write about {text(8, dice)}."}],
            "completions": [text(36, dice) for _ in range(4)],
            "finished": [True] * 4,
            "tiers": [[0], [1], [2], [3]],
            "annotator": "ada",
        }
        for number in range(RANKINGS)
    ]


def run(
    spec: Spec, folder: Path, **tables: list[dict[str, Any]]
) -> tuple[list[dict[str, float]], float]:
    """Metrics of each step, and the peak memory of the process in GB."""
    spec.write(folder)
    (folder / "data").mkdir()
    for name, table in spec.data.items():
        rows = pa.Table.from_pylist(tables.get(name, []), schema=table.schema(pa))
        pq.write_table(rows, files.data(folder, name))
    process = subprocess.Popen([sys.executable, "-m", f"training.{spec.stage}", str(folder)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit((folder / "error.json").read_text())
    events = map(json.loads, (folder / "events.jsonl").read_text().splitlines())
    steps = [event["data"]["values"] for event in events if event["kind"] == "metric"]
    return steps, usage.ru_maxrss / 1e6


def measure(model: Path, frozen_layers: int) -> None:
    rows = rankings()
    with tempfile.TemporaryDirectory() as scratch:
        reward, ppo = Path(scratch) / "reward", Path(scratch) / "ppo"
        reward_spec = RewardSpec(model=str(model), batch_size=BATCH, frozen_layers=frozen_layers)
        steps, memory = run(reward_spec, reward, train=rows, heldout=rows[:8])
        seconds = min(step["seconds"] for step in steps[1:])
        print(f"reward  frozen {frozen_layers:2}  {seconds:6.1f} s  {memory:4.1f} GB", flush=True)
        ppo_spec = PPOSpec(
            policy=str(model),
            reward_model=str(reward / "model"),
            steps=PPO_STEPS,
            batch_size=BATCH,
            minibatch_size=BATCH,
            micro_batch_size=BATCH,
            max_new_tokens=NEW_TOKENS,
            frozen_layers=frozen_layers,
            checkpoint_every=PPO_STEPS,
            sample_every=PPO_STEPS,
        )
        prompts = [{"prompt_id": row["annotation_id"], "messages": row["messages"]} for row in rows]
        steps, memory = run(ppo_spec, ppo, prompts=prompts)
        best = min(steps[1:], key=lambda step: sum(step[phase] for phase in PHASES))
        phases = "  ".join(
            f"{phase.removeprefix('seconds_')} {best[phase]:.1f}" for phase in PHASES
        )
        total = sum(best[phase] for phase in PHASES)
        print(
            f"ppo     frozen {frozen_layers:2}  {total:6.1f} s  {memory:4.1f} GB  ({phases})",
            flush=True,
        )


if __name__ == "__main__":
    for layers in map(int, sys.argv[2:] or ["0"]):
        measure(Path(sys.argv[1]), layers)
