"""How training processes are started (docs/decisions/0005)."""

import json
import os
import subprocess
import sys

import pytest

from training.spec import BaseModelSpec, SFTSpec
from workers import launch

SPEC = SFTSpec(model="/models/base")


@pytest.fixture(autouse=True)
def plain(settings, monkeypatch):
    settings.TRAIN_PROCESSES, settings.ACCELERATE_CONFIG = 1, ""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def test_one_process_needs_no_launcher(tmp_path):
    words = [sys.executable, "-m", "training.sft", str(tmp_path)]

    assert launch.command("training.sft", tmp_path) == words


def test_several_processes_go_through_accelerate(settings, tmp_path):
    settings.TRAIN_PROCESSES = 4

    words = launch.command("training.sft", tmp_path)

    assert words[:6] == [*launch.LAUNCHER, "--multi_gpu", "--num_processes", "4"]
    assert words[-3:] == ["-m", "training.sft", str(tmp_path)]
    assert launch.environment(SPEC).keys().isdisjoint({"ACCELERATE_MIXED_PRECISION"})


def test_a_configuration_is_passed_through(settings, tmp_path):
    settings.ACCELERATE_CONFIG = "/etc/rondo/fsdp.yaml"

    assert launch.command("training.sft", tmp_path) == [
        *launch.LAUNCHER,
        "--config_file",
        "/etc/rondo/fsdp.yaml",
        "-m",
        "training.sft",
        str(tmp_path),
    ]


def test_a_trainer_gets_no_secrets_and_no_network(monkeypatch):
    for name in launch.SECRETS:
        monkeypatch.setenv(name, "canary")

    env = launch.environment(SPEC)

    assert "canary" not in env.values()
    assert env["HF_HUB_OFFLINE"] == "1"
    assert env["RONDO_WORKER_PID"] == str(os.getpid())


@pytest.mark.parametrize(
    ("source", "offline"), [("hub:owner/name@abc", "0"), ("pypi:x", "1"), ("tiny", "1")]
)
def test_only_a_model_of_the_hub_is_fetched_from_it(source, offline):
    assert launch.environment(BaseModelSpec(source=source))["HF_HUB_OFFLINE"] == offline


def test_threads_that_the_administrator_set_are_kept(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")

    assert launch.environment(SPEC)["OMP_NUM_THREADS"] == "3"


@pytest.mark.slow
def test_a_trainer_sees_what_accelerate_launch_would_have_set(tmp_path):
    (tmp_path / "show.py").write_text(
        "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    )
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    threads = ["--num_cpu_threads_per_process", str(launch.threads())]

    def environment_of(launcher, env):
        path = tmp_path / "environment.json"
        command = [*launcher, "-m", "show", str(path)]
        subprocess.run(command, env=env, check=True, capture_output=True)
        return json.loads(path.read_text())

    ours = environment_of([sys.executable], {**base, **launch.accelerate_environment()})
    theirs = environment_of([*launch.LAUNCHER, "--num_processes", "1", *threads], base)

    assert ours == theirs
