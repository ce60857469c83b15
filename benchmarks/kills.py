"""Whether a training that is killed again and again ends as one that was not, to the bit.

    python -m benchmarks.kills [--kills 20] [--stages sft,reward,ppo,dpo]

Each stage that trains, as the process that users run, on the tiny model: once in peace, then with
`kill -9` at moments drawn evenly from the time that took, loading included, and started again each
time. Compared are the model's weights and the curves. Writes results/kills.json.
"""

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from training import tables, tiny
from training.artifacts import write_folder
from training.contract import files
from training.contract.spec import Spec

RESULTS = Path(__file__).resolve().parent / "results" / "kills.json"
STAGES = ("sft", "reward", "ppo", "dpo")
# Longer than a trial, and a checkpoint after each step: each start gets on.
LONGER = {"epochs": 8, "steps": 8, "checkpoint_every": 1}


def write_job(folder: Path, spec: Spec, rows: Mapping[str, Any]) -> None:
    """A job folder as a worker makes it."""
    spec.write(folder)
    (folder / "data").mkdir()
    for name, table in spec.data.items():
        tables.write(files.data(folder, name), rows.get(name, []), table)


def start(stage: str, folder: Path) -> subprocess.Popen[bytes]:
    """The process that works on it, on one thread: sums of several may differ in order."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with (folder / "output.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", f"training.{stage}", str(folder)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def ended(process: subprocess.Popen[bytes], folder: Path) -> None:
    if process.wait():
        raise SystemExit(f"{folder}:\n{(folder / 'output.log').read_text()[-3000:]}")


def curves(folder: Path) -> list[tuple[int, dict[str, float]]]:
    """Figures by step, without those of a clock."""
    lines = map(json.loads, (folder / "events.jsonl").read_text().splitlines())
    found = [event["data"] for event in lines if event["kind"] == "metric"]
    return [
        (one["step"], {k: v for k, v in one["values"].items() if not k.startswith("seconds")})
        for one in found
    ]


def tried(stage: str, models: dict[str, str], scratch: Path, *, kills: int) -> dict[str, Any]:
    """What came of one stage; its model is one of `models` afterwards."""
    spec, rows = import_module(f"training.{stage}.trial").job(models)
    known = {field.name for field in fields(spec)}
    spec = replace(spec, **{name: value for name, value in LONGER.items() if name in known})
    whole, cut = scratch / f"{stage}-whole", scratch / f"{stage}-cut"
    write_job(whole, spec, rows)
    began = time.monotonic()
    ended(start(stage, whole), whole)
    seconds = time.monotonic() - began
    models[stage] = str(whole / files.MODEL)
    write_job(cut, spec, rows)
    dice = random.Random(stage)
    done = late = 0
    while done < kills:
        process = start(stage, cut)
        time.sleep(dice.uniform(0, seconds))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
        elif (cut / files.RESULT).exists():  # it was done before: from the start once more
            late += 1
            for name in (files.RESULT, files.MODEL, files.CHECKPOINTS, files.SCRATCH):
                subprocess.run(["rm", "-rf", str(cut / name)], check=True)
            (cut / "events.jsonl").unlink()
    ended(start(stage, cut), cut)
    weights = Path(files.MODEL) / "model.safetensors"
    return {
        "seconds": round(seconds, 1),
        "kills": done,
        "begun_again": late,
        "same_weights": (whole / weights).read_bytes() == (cut / weights).read_bytes(),
        "same_curves": curves(whole) == curves(cut),
    }


def main() -> None:
    """A line for each stage."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    found: dict[str, Any] = {"machine": f"{platform.processor()}, {os.cpu_count()} cores"}
    with tempfile.TemporaryDirectory(prefix="bench-kills-") as folder:
        scratch = Path(folder)
        models = {"base_model": str(scratch / "base")}
        write_folder(scratch / "base", tiny.write)
        for stage in given.stages.split(","):
            found[stage] = tried(stage, models, scratch, kills=given.kills)
            print(stage, found[stage], flush=True)
    given.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
