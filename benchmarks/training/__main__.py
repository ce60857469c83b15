"""`python -m benchmarks.training`: see the package. This process itself loads no torch."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.training.machine import fast_dtype, machine, versions
from benchmarks.training.table import table
from training.contract.environment import KEEPS_MEMORY

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
PEER_PPO = "trl==1.12.0"  # the last one with PPO
HOWS = ("equal", "default", "lora")  # PPO: as the peer, as the product on CPUs, with LoRA
BYTES = {"equal": "ppo", "lora": "ppo_lora"}
WHAT = ("reward", "ppo", "generation", "sft")


class Bench:
    """Runs sides as processes. options: of the command line."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options, self.scratch = options, scratch
        self.count = 0
        self.held: dict[str, float] = {}
        self.told = {
            "device": options.device,
            "dtype": options.dtype,
            "precision": {"bfloat16": "bf16", "float32": "fp32"}[options.dtype],
            "tiny": options.tiny,
            "threads": options.threads,
            "model": str(options.model or scratch / "policy"),
            "reward_model": str(scratch / "reward"),
            "reward_lora": str(scratch / "reward-lora"),
        }

    def side(self, side: str, *, path: str = "", **more: Any) -> dict[str, float]:
        """What it found. path: of packages that go before those of this environment."""
        self.count += 1
        place = self.scratch / str(self.count)
        place.mkdir()
        file = place / "told.json"
        file.write_text(json.dumps(self.told | more | {"side": side, "scratch": str(place)}))
        before = [str(ROOT), *filter(None, [path, os.environ.get("PYTHONPATH", "")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(before)}
        if side == "ours":  # as a worker starts it
            environment = KEEPS_MEMORY | environment
        if self.options.device == "cpu":
            environment["CUDA_VISIBLE_DEVICES"] = ""
        if more.get("what") == "ppo" and side == "peer" and self.options.dtype == "bfloat16":
            environment["ACCELERATE_MIXED_PRECISION"] = "bf16"  # its own setting is not heeded
        began = time.monotonic()
        status, told = run(file, environment)
        if status:
            raise SystemExit(f"{side} {more}:\n{told[-6000:]}")
        found: dict[str, float] = json.loads(file.with_suffix(".found").read_text())
        took = time.monotonic() - began
        print(f"{side:8} {more}  {found}  ({took:.0f} s in all)", flush=True)
        return found

    def both(self, what: str, *, path: str = "", **more: Any) -> dict[str, Any]:
        ours = self.side("ours", what=what, **more)
        return against(ours, self.side("peer", path=path, what=what, **more))

    def reward(self) -> dict[str, Any]:
        return {f"k{k}": self.both("reward", k=k) for k in ([4] if self.options.tiny else [4, 9])}

    def generation(self) -> dict[str, Any]:
        """On a CPU the product samples in fp32; the peer in what is faster for it."""
        ours = self.side("ours", what="generation")
        dtypes = {self.options.dtype} | ({"float32"} if self.options.device == "cpu" else set())
        peers = [self.side("peer", what="generation", dtype=one) for one in sorted(dtypes)]
        found = against(ours, min(peers, key=lambda one: one["seconds"]))
        return {"k3" if self.options.tiny else "k9": found}

    def sft(self) -> dict[str, Any]:
        return self.both("sft")

    def ppo(self) -> dict[str, Any]:
        """Ours in several ways against one run of the peer, which takes long; for as much work."""
        ours = {how: self.side("ours", what="ppo", how=how) for how in HOWS}
        self.held = {how: found["held"] for how, found in ours.items()}
        peer = None
        if self.options.ppo_peer != "none":
            peer = self.side("peer", path=ppo_peer(self.options.ppo_peer), what="ppo")
        return {how: against(found, peer) for how, found in ours.items()}

    def bytes_per_parameter(self, parameters: float) -> dict[str, float]:
        """Of what PPO holds between two steps, with gradients: weights and optimisers' state."""
        for how in BYTES:
            if how not in self.held:
                self.held[how] = self.side("ours", what="ppo", how=how)["held"]
        return {name: round(self.held[how] / parameters, 2) for how, name in BYTES.items()}


def run(file: Path, environment: dict[str, str]) -> tuple[int, str]:
    """A side as a process: its exit status, and what it wrote."""
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.training.side", str(file)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return process.returncode, process.stdout


def against(ours: dict[str, float], peer: dict[str, float] | None) -> dict[str, Any]:
    """A ratio is the peer's seconds over ours, for as much work."""
    (unit,) = {"rankings", "rollouts", "tokens"} & ours.keys()
    report: dict[str, Any] = {
        "ours_s": round(ours["seconds"], 3),
        "ours_mb": round(ours["mb"]),
        f"ours_{unit}_a_second": round(ours[unit] / ours["seconds"], 3),
    }
    if peer:
        work = ours[unit] / peer[unit]
        report |= {
            "ratio": round(work * peer["seconds"] / ours["seconds"], 2),
            "peer_s": round(peer["seconds"], 3),
            "peer_mb": round(peer["mb"]),
            f"peer_{unit}_a_second": round(peer[unit] / peer["seconds"], 3),
        }
    return report


def ppo_peer(given: str) -> str:
    """A folder with TRL as it was when it had PPO; fetched once, into var/, where none is given."""
    if given:
        return given
    folder = ROOT / "var" / "benchmarks" / PEER_PPO
    if not (folder / "trl").is_dir():
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
        subprocess.run([*install, str(folder), PEER_PPO], check=True)
    return str(folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--dtype", choices=["bfloat16", "float32"], help="what is faster here")
    parser.add_argument("--only", default=",".join((*WHAT, "bytes")))
    parser.add_argument("--tiny", action="store_true", help="whether it runs; says nothing")
    parser.add_argument("--threads", type=int, default=0, help="of each side; 0: torch's own")
    parser.add_argument("--model", type=Path, help="a folder with weights and tokenizer")
    parser.add_argument("--ppo-peer", default="", help=f"folder with {PEER_PPO}, or none")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", action="store_true", help="of what was found before")
    options = parser.parse_args()
    name = f"training{'-cuda' if options.device == 'cuda' else ''}.json"
    out = options.out or (RESULTS / name)
    if options.table:
        print(table(json.loads(out.read_text())))
        return
    options.dtype = options.dtype or fast_dtype(options.device)
    report: dict[str, Any] = json.loads(out.read_text()) if out.is_file() else {}
    with tempfile.TemporaryDirectory(prefix="bench-training-") as scratch:
        bench = Bench(options, Path(scratch))
        parameters = bench.side("prepare")["parameters"]
        report |= {"machine": machine(options.device), "versions": versions()}
        report["settings"] = {"dtype": options.dtype, "model": str(options.model or "random")}
        report["versions"]["ppo_peer"] = PEER_PPO
        for what in options.only.split(","):
            if what == "bytes":
                report["bytes_per_parameter"] = bench.bytes_per_parameter(parameters)
            else:
                report[what] = getattr(bench, what)()
            out.write_text(json.dumps(report, indent=2) + "\n")
    print(table(report))


if __name__ == "__main__":
    main()
