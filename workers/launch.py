"""Starting a training process (docs/decisions/0005-one-process-without-the-launcher.md)."""

import logging
import os
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

import training
from training.contract import files
from training.contract.environment import KEEPS_MEMORY
from training.contract.spec import Spec

logger = logging.getLogger(__name__)

ROOT = Path(training.__file__).resolve().parents[1]
LAUNCHER = (sys.executable, "-m", "accelerate.commands.launch")
# What the platform's processes know and a trainer has no use for.
SECRETS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_PASSWORD", "JUDGE_KEY"}
SECRETS |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "RONDO_ARTIFACTS"}
SECRETS |= {files.ENGINE_URL, files.ENGINE_KEY}  # but for the stages that ask it


def command(module: str, folder: Path, spec: Spec) -> list[str]:
    """The words of the command line; no shell sees them."""
    if is_alone(spec):
        launcher = [sys.executable]
    elif settings.ACCELERATE_CONFIG:
        launcher = [*LAUNCHER, "--config_file", settings.ACCELERATE_CONFIG]
    else:
        count = settings.TRAIN_PROCESSES
        launcher = [*LAUNCHER, "--multi_gpu", "--num_processes", str(count), "--num_machines", "1"]
        launcher += ["--mixed_precision", "no", "--dynamo_backend", "no"]
        launcher += ["--main_process_port", "0"]
        launcher += ["--num_cpu_threads_per_process", str(max(1, threads() // count))]
    return [*launcher, "-m", module, str(folder)]


def is_alone(spec: Spec) -> bool:
    """Whether one process does the whole job: it is set so, or the stage is not made for more."""
    return not spec.is_shared or (settings.TRAIN_PROCESSES <= 1 and not settings.ACCELERATE_CONFIG)


def sharing() -> tuple[int, bool]:
    """How many processes share a training here, and whether each keeps a part of the models."""
    if not settings.ACCELERATE_CONFIG:
        return settings.TRAIN_PROCESSES, False
    told = configuration(settings.ACCELERATE_CONFIG)
    named = told.get("num_processes")
    count = named if isinstance(named, int) and named > 0 else 1
    return count, told.get("distributed_type") == "FSDP"


@cache
def configuration(path: str) -> dict[str, Any]:
    """What accelerate is told by the file at `path`; nothing where it cannot be read."""
    try:
        import yaml  # noqa: PLC0415  it is where accelerate is, which needs it
    except ImportError:  # so nothing is trained here
        return {}
    try:
        told = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        logger.error("the configuration of accelerate cannot be read: %s", error)
        return {}
    return told if isinstance(told, dict) else {}


def environment(spec: Spec) -> dict[str, str]:
    """This process's environment without its secrets, for a process of its own."""
    env = {name: value for name, value in os.environ.items() if name not in SECRETS}
    env = KEEPS_MEMORY | env
    paths = (str(ROOT), env.get("PYTHONPATH", ""))
    env["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    env["PYTHONUNBUFFERED"] = "1"
    env[files.WORKER_PID] = str(os.getpid())
    # Threads that spin for work starve when others need the cores.
    env.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if spec.may_be_served and settings.ENGINE_URL:
        env |= {files.ENGINE_URL: settings.ENGINE_URL, files.ENGINE_KEY: settings.ENGINE_KEY}
    env[files.TRACKERS] = ",".join(settings.TRACKERS)
    env[files.TRACKERS_FOLDER] = str(settings.TRACKERS_FOLDER)
    env["HF_HUB_OFFLINE"] = "0" if spec.is_online else "1"
    if is_alone(spec):
        env = {**accelerate_environment(), **env}
        # One process, one GPU: transformers' Trainer would spread over all that it sees.
        env["CUDA_VISIBLE_DEVICES"] = env.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]
    return env


def accelerate_environment() -> dict[str, str]:
    """What `accelerate launch --num_processes 1 --num_cpu_threads_per_process N` sets."""
    return {
        "ACCELERATE_USE_CPU": "False",
        "ACCELERATE_MIXED_PRECISION": "no",
        "ACCELERATE_DYNAMO_BACKEND": "NO",
        "ACCELERATE_DYNAMO_MODE": "default",
        "ACCELERATE_DYNAMO_USE_FULLGRAPH": "False",
        "ACCELERATE_DYNAMO_USE_DYNAMIC": "False",
        "ACCELERATE_DYNAMO_USE_REGIONAL_COMPILATION": "False",
        "OMP_NUM_THREADS": str(threads()),
    }


def threads() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def host() -> str:
    """The machine's name, where process ids mean something."""
    return socket.gethostname()
