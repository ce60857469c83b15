"""The benchmark of training runs whole, on a tiny model, and reports what it says that it does."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.training import __main__ as bench
from benchmarks.training.__main__ import against
from benchmarks.training.table import table
from tests.training import forks

OURS = {"seconds": 2.0, "rollouts": 32, "mb": 1000.4}
PEER = {"seconds": 5.0, "rollouts": 16, "mb": 4000.0}


def test_a_ratio_is_the_peers_seconds_over_ours_for_as_much_work():
    assert against(OURS, PEER) == {
        "ours_s": 2.0,
        "ours_mb": 1000,
        "ours_rollouts_a_second": 16.0,
        "ratio": 5.0,
        "peer_s": 5.0,
        "peer_mb": 4000,
        "peer_rollouts_a_second": 3.2,
    }


def test_the_table_has_a_line_for_each_measurement():
    report = {
        "machine": {"cpu": "Fast", "cores": 2},
        "versions": {"torch": "2"},
        "settings": {"dtype": "float32"},
        "ppo": {"default": against(OURS, PEER), "lora": against(OURS, None)},
        "bytes_per_parameter": {"ppo_lora": 3.5},
    }

    assert table(report).splitlines() == [
        "Fast, 2; torch 2; float32.",
        "",
        "| | ours | peer | times as fast | ours, MB | peer, MB | of its memory |",
        "|---|---|---|---|---|---|---|",
        "| PPO, the product's settings for CPUs: a step of its own size | 2.00 s | 5.00 s | 5.00 "
        "| 1,000 | 4,000 | 0.25 |",
        "| PPO with LoRA, otherwise equal settings: a step | 2.00 s | – | – | 1,000 | – | – |",
        "",
        "Bytes a parameter held between two steps, with gradients, ppo_lora: 3.5",
    ]


@pytest.mark.slow
def test_all_of_it_runs(tmp_path, monkeypatch):
    """But for PPO's peer, which would be fetched. Of each side one is the process that users have.

    The others are forked.
    """
    out, alone, run = tmp_path / "training.json", {"prepare", "ours", "peer"}, bench.run

    def forked(file: Path, environment: dict[str, str]) -> tuple[int, str]:
        if (name := json.loads(file.read_text())["side"]) in alone:
            alone.remove(name)
            return run(file, environment | {"OMP_NUM_THREADS": "1"})
        log = file.with_suffix(".log")
        process = forks.Forked(forks.measure, file, log=log, **environment)
        return process.wait(), log.read_text()

    monkeypatch.setattr(bench, "run", forked)
    options = ["--tiny", "--ppo-peer=none", f"--out={out}"]
    monkeypatch.setattr(sys, "argv", ["benchmarks.training", *options])

    bench.main()

    assert alone == set()
    report = json.loads(out.read_text())
    both = {"ours_s", "ours_mb", "ratio", "peer_s", "peer_mb"}
    assert report["reward"].keys() == {"k4"}
    for one in report["reward"]["k4"], report["generation"]["k3"], report["sft"]:
        assert both <= one.keys()
    assert report["ppo"].keys() == {"equal", "default", "lora"}
    held = report["bytes_per_parameter"]
    assert held.keys() == {"ppo", "ppo_lora"}
    assert 0 < held["ppo_lora"] < held["ppo"]
