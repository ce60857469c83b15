import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Report = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]


def rehearse(folder: Path, *options: str) -> Report:
    command = [sys.executable, "-m", "embedded", "--end-with-parent", "rehearse"]
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    done = subprocess.run(
        [*command, "--folder", folder, "--model", "tiny", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    report: Report = json.loads((folder / "report.json").read_text())
    return report


@pytest.mark.slow
def test_dpo_makes_a_policy_of_the_same_labels(tmp_path: Path) -> None:
    report = rehearse(tmp_path, "--algorithm", "dpo", "--rounds", "1")

    named = [(model["name"], model["round"]) for model in report["models"]]
    assert named == [("base", 0), ("sft", 1), ("dpo", 1)]
    assert {model["win_rate"]["n"] for model in report["models"]} == {116}
    assert report["reward_models"] == []
    assert report["ppo_curves"]["1"].keys() == {"margin", "chosen", "rejected", "heldout_accuracy"}
    assert (tmp_path / "index.html").is_file()


@pytest.mark.slow
def test_two_rounds_on_the_tiny_model_end_with_a_report(tmp_path: Path) -> None:
    report = rehearse(tmp_path, "--seed", "3")

    named = [(model["name"], model["round"]) for model in report["models"]]
    assert named == [("base", 0), ("sft", 1), ("ppo", 1), ("ppo", 2)]
    assert {model["win_rate"]["n"] for model in report["models"]} == {116}
    assert report["models"][0]["win_rate"]["value"] == 0.5
    assert [judge["round"] for judge in report["reward_models"]] == [1, 2]
    assert list(report["seconds"]) == [
        "base_model",
        *(f"round_1_{name}" for name in ("generate", "label", "sft", "reward", "ppo", "evaluate")),
        *(f"round_2_{name}" for name in ("generate", "label", "reward", "ppo", "evaluate")),
    ]
    assert report["total_seconds"] >= sum(report["seconds"].values())
    assert (report["seed"], report["base_model"]) == (3, "tiny")
    assert len(report["samples"]) == 10
    assert (tmp_path / "index.html").is_file()
