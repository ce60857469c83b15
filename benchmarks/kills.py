"""Whether a training that is killed again and again ends as one that was not, to the bit.

    python -m benchmarks.kills [--kills 20] [--stages sft,reward,dpo,ppo,generate,evaluate]

Each stage, as the process that users run, on the tiny model: once in peace, then with `kill -9` at
moments drawn evenly from the time that took, loading included, and started again each time.
Compared is all that it makes: models, tables, curves and result. Writes results/kills.json.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any, Protocol

import pyarrow.parquet as pq

from training import kept_rows, tables, tiny
from training.artifacts import write_folder
from training.contract import files
from training.contract.spec import Spec
from training.evaluate.spec import EvaluateSpec
from training.generate.spec import GenerateSpec
from training.stage import main as work
from training.trial import RANKINGS

RESULTS = Path(__file__).resolve().parent / "results" / "kills.json"
STAGES = ("sft", "reward", "dpo", "ppo", "generate", "evaluate")
STEPS = 8  # longer than a trial, and a checkpoint after each step: each start gets on
ASKED = [
    {"prompt_id": number, "messages": [{"role": "user", "content": f"What is {number}?"}]}
    for number in range(24)
]


class Process(Protocol):
    """One that works on a job."""

    def poll(self) -> int | None:
        """Its exit status; None while it works."""

    def kill(self) -> None:
        """Without a word."""

    def wait(self) -> int:
        """Its exit status, once it has ended."""


Start = Callable[[str, Path], Process]


def job_of(stage: str, models: Mapping[str, str], steps: int) -> tuple[Spec, dict[str, Any]]:
    """The spec and the tables of a stage. models: what the stages before it have made."""
    if stage == "generate":
        spec = GenerateSpec(model=models["ppo"], max_new_tokens=24, batch_size=4)
        return spec, {"prompts": [{**prompt, "n": 2} for prompt in ASKED]}
    if stage == "evaluate":
        judged = EvaluateSpec(
            models={name: models[name] for name in ("base_model", "dpo", "ppo")},
            reference=models["sft"],
            reward_model=models["reward"],
            best_of=2,
            best_of_model=models["sft"],
            max_new_tokens=16,
            samples_per_prompt=2,
            batch_size=8,
        )
        return judged, {"prompts": ASKED[:6], "rankings": RANKINGS}
    tried, rows = import_module(f"training.{stage}.trial").job(models)
    known = {field.name for field in fields(tried)}
    longer = {"epochs": steps // 2, "steps": steps, "checkpoint_every": 1}
    return replace(tried, **{k: v for k, v in longer.items() if k in known}), rows


def write_job(folder: Path, spec: Spec, rows: Mapping[str, Any]) -> None:
    """A job folder as a worker makes it."""
    spec.write(folder)
    (folder / "data").mkdir()
    for name, table in spec.data.items():
        tables.write(files.data(folder, name), rows.get(name, []), table)


def start(stage: str, folder: Path) -> subprocess.Popen[bytes]:
    """The process that works on it, on one thread: sums of several may differ in order."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    module = ["benchmarks.kills", "--work"] if stage == "generate" else [f"training.{stage}"]
    with (folder / "output.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *module, str(folder)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def generate(folder: str) -> None:
    """The stage, which keeps its texts each half minute, and here as soon as there are some."""
    from training.generate.trainer import generate as stage

    kept_rows.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    sys.argv = ["generate", folder]
    work(stage)


def ended(process: Process, folder: Path) -> None:
    if process.wait():
        log = folder / "output.log"
        raise SystemExit(f"{folder}:\n{log.read_text()[-3000:] if log.exists() else ''}")


def curves(folder: Path) -> dict[tuple[int, str], set[float]]:
    """Figures by step; what is told again has to be what was told before."""
    found = defaultdict(set)
    for line in (folder / files.EVENTS).read_text().splitlines():
        event = json.loads(line)
        if event["kind"] == "metric":
            for name, value in timeless(event["data"]["values"]).items():
                found[event["data"]["step"], name].add(value)
    return dict(found)


def timeless(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not of a clock."""
    return {name: value for name, value in figures.items() if not name.startswith("seconds")}


def made(folder: Path, spec: Spec) -> dict[str, Any]:
    """All that a job leaves to others, but for its curves."""
    weights = sorted((folder / files.MODEL).rglob("*.safetensors"))
    written = (files.output(folder, name) for name in spec.output)
    return {
        **{str(path.relative_to(folder)): path.read_bytes() for path in weights},
        **{path.name: pq.read_table(path).to_pylist() for path in written},
        files.RESULT: timeless(json.loads((folder / files.RESULT).read_text())),
    }


def tried(
    stage: str,
    models: dict[str, str],
    scratch: Path,
    *,
    kills: int,
    steps: int = STEPS,
    begin: Start = start,
) -> dict[str, Any]:
    """What came of one stage; its model, if it makes one, is one of `models` afterwards."""
    spec, rows = job_of(stage, models, steps)
    whole, cut = scratch / f"{stage}-whole", scratch / f"{stage}-cut"
    write_job(whole, spec, rows)
    began = time.monotonic()
    ended(begin(stage, whole), whole)
    seconds = time.monotonic() - began
    models[stage] = str(whole / files.MODEL)
    write_job(cut, spec, rows)
    dice = random.Random(stage)
    done = late = 0
    while done < kills:
        process = begin(stage, cut)
        moment = time.monotonic() + dice.uniform(0, seconds)
        while time.monotonic() < moment and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is None:
            process.kill()
            process.wait()
            done += 1
        else:
            ended(process, cut)
        if (cut / files.RESULT).exists() and done < kills:  # it is done: from the start once more
            late += 1
            for name in (files.MODEL, files.CHECKPOINTS, files.SCRATCH, "output"):
                rmtree(cut / name, ignore_errors=True)
            for name in (files.RESULT, files.EVENTS):
                (cut / name).unlink()
    ended(begin(stage, cut), cut)
    return {
        "seconds": round(seconds, 1),
        "kills": done,
        "begun_again": late,
        "same": made(whole, spec) == made(cut, spec),
        "same_curves": curves(whole) == curves(cut),
    }


def base_model(scratch: Path) -> dict[str, str]:
    """What all begins with."""
    write_folder(scratch / "base", tiny.write)
    return {"base_model": str(scratch / "base")}


def main() -> None:
    """A line for each stage."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        generate(given.work)
    found: dict[str, Any] = {"machine": f"{platform.processor()}, {os.cpu_count()} cores"}
    with tempfile.TemporaryDirectory(prefix="bench-kills-") as folder:
        scratch = Path(folder)
        models = base_model(scratch)
        for stage in given.stages.split(","):
            found[stage] = tried(stage, models, scratch, kills=given.kills)
            print(stage, found[stage], flush=True)
    given.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
