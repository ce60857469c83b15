"""How training processes are started (docs/decisions/0005)."""

import json
import os
import subprocess
import sys

import pytest

from training.base_model.spec import BaseModelSpec
from training.evaluate.spec import EvaluateSpec
from training.generate.spec import GenerateSpec
from training.ppo.spec import PPOSpec
from training.sft.spec import SFTSpec
from workers import launch

SPEC = SFTSpec(model="/models/base")


@pytest.fixture(autouse=True)
def plain(settings, monkeypatch):
    settings.TRAIN_PROCESSES, settings.ACCELERATE_CONFIG = 1, ""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def test_one_process_needs_no_launcher(tmp_path):
    words = [sys.executable, "-m", "training.sft", str(tmp_path)]

    assert launch.command("training.sft", tmp_path, SPEC) == words


def test_several_processes_go_through_accelerate(settings, tmp_path):
    settings.TRAIN_PROCESSES = 4

    words = launch.command("training.sft", tmp_path, SPEC)

    assert words[:6] == [*launch.LAUNCHER, "--multi_gpu", "--num_processes", "4"]
    assert words[-3:] == ["-m", "training.sft", str(tmp_path)]
    assert launch.environment(SPEC).keys().isdisjoint({"ACCELERATE_MIXED_PRECISION"})


@pytest.mark.parametrize(
    "spec", [BaseModelSpec(source="tiny"), GenerateSpec(model="/m"), EvaluateSpec()]
)
def test_a_stage_that_is_made_for_one_process_gets_one(spec, settings, tmp_path):
    settings.TRAIN_PROCESSES = 4

    assert launch.command("training.x", tmp_path, spec) == [
        *(sys.executable, "-m", "training.x", str(tmp_path))
    ]
    assert launch.environment(spec)["ACCELERATE_MIXED_PRECISION"] == "no"


@pytest.mark.parametrize(("visible", "used"), [(None, "0"), ("2", "2"), ("1,3", "1")])
def test_one_process_sees_one_gpu(visible, used, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert launch.environment(SPEC)["CUDA_VISIBLE_DEVICES"] == used


def test_a_configuration_is_passed_through(settings, tmp_path):
    settings.ACCELERATE_CONFIG = "/etc/rondo/fsdp.yaml"

    assert launch.command("training.sft", tmp_path, SPEC) == [
        *launch.LAUNCHER,
        "--config_file",
        "/etc/rondo/fsdp.yaml",
        "-m",
        "training.sft",
        str(tmp_path),
    ]


def test_what_shares_a_training_here_is_told(settings, tmp_path, caplog):
    assert launch.sharing() == (1, False)
    settings.TRAIN_PROCESSES = 4
    assert launch.sharing() == (4, False)
    for name, kind, expected in (("fsdp", "FSDP", (16, True)), ("ddp", "MULTI_GPU", (16, False))):
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"distributed_type: {kind}\nnum_machines: 2\nnum_processes: 16\n")
        settings.ACCELERATE_CONFIG = str(path)
        assert launch.sharing() == expected
    (tmp_path / "odd.yaml").write_text("num_processes: many\n")
    settings.ACCELERATE_CONFIG = str(tmp_path / "odd.yaml")
    assert launch.sharing() == (1, False)
    settings.ACCELERATE_CONFIG = str(tmp_path / "missing.yaml")

    assert launch.sharing() == (1, False)
    assert "cannot be read" in caplog.text


def test_a_trainer_gets_no_secrets_and_no_network(monkeypatch):
    for name in launch.SECRETS:
        monkeypatch.setenv(name, "canary")

    env = launch.environment(SPEC)

    assert "canary" not in env.values()
    assert env["HF_HUB_OFFLINE"] == "1"
    assert env["RONDO_WORKER_PID"] == str(os.getpid())


def test_a_trainer_is_told_where_its_curves_are_mirrored_to(settings, tmp_path):
    assert launch.environment(SPEC)["RONDO_TRACKERS"] == ""

    settings.TRACKERS, settings.TRACKERS_FOLDER = ["mlflow", "tensorboard"], tmp_path
    env = launch.environment(SPEC)

    assert env["RONDO_TRACKERS"] == "mlflow,tensorboard"
    assert env["RONDO_TRACKERS_FOLDER"] == str(tmp_path)


@pytest.mark.parametrize(
    "spec", [GenerateSpec(model="/m"), EvaluateSpec(), PPOSpec(policy="/m", reward_model="/r")]
)
def test_only_what_samples_is_told_of_the_engine(spec, settings, monkeypatch):
    monkeypatch.setenv("RONDO_ENGINE_KEY", "stale")
    assert "RONDO_ENGINE_KEY" not in launch.environment(spec)
    settings.ENGINE_URL, settings.ENGINE_KEY = "http://gpu1:8000/v1", "canary"

    told = {"RONDO_ENGINE_URL": "http://gpu1:8000/v1", "RONDO_ENGINE_KEY": "canary"}
    assert launch.environment(spec).items() >= told.items()
    assert launch.environment(SPEC).keys().isdisjoint(told)


@pytest.mark.parametrize(
    ("source", "offline"), [("hub:owner/name@abc", "0"), ("pypi:x", "1"), ("tiny", "1")]
)
def test_only_a_model_of_the_hub_is_fetched_from_it(source, offline):
    assert launch.environment(BaseModelSpec(source=source))["HF_HUB_OFFLINE"] == offline


def test_threads_that_the_administrator_set_are_kept(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")

    assert launch.environment(SPEC)["OMP_NUM_THREADS"] == "3"


@pytest.mark.slow
def test_a_trainer_keeps_its_memory_unless_malloc_is_told_otherwise(monkeypatch):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    found = launch.environment(SPEC)["GLIBC_TUNABLES"]
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")

    assert found == (
        "glibc.malloc.mmap_threshold=1099511627776:glibc.malloc.trim_threshold=1099511627776"
    )
    assert launch.environment(SPEC)["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=1"


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


def test_a_trainer_knows_no_secret_of_the_platform(monkeypatch):
    secrets = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_PASSWORD")
    for name in secrets:
        monkeypatch.setenv(name, "secret")

    assert {name for name, value in launch.environment(SPEC).items() if value == "secret"} == set()
