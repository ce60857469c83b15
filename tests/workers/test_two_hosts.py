"""A training moves to another host by way of an S3 server, and ends as if nothing had happened."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from crew import ROOT, Broker, Worker, now, wait_until
from django.db import connection

from jobs.models import Job, JobEvent
from registry import remote, travelling
from registry.models import ModelVersion
from registry.services import local_folder, register_folder
from rounds.launching.launching import launch
from rounds.models import Round
from tests import s3
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task
from tests.s3 import s3_endpoint  # noqa: F401  a fixture
from training.contract import manifest
from workers.launch import threads

pytestmark = pytest.mark.slow

RECIPE = {"epochs": 8, "batch_size": 1, "checkpoint_every": 1}


class Hosts:
    """Workers that share the database, the broker and a store, and no disk."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.folder = env, folder
        self.workers: list[Worker] = []

    def start(self, name: str) -> Worker:
        """A worker on a host of its own."""
        own = {
            "RONDO_JOBS": f"{self.folder}/{name}/jobs",
            "RONDO_CACHE": f"{self.folder}/{name}/cache",
        }
        worker = Worker(name, env={**self.env, **own}, log=self.folder / f"{name}.log")
        self.workers.append(worker)
        return worker


@pytest.fixture
def hosts(
    transactional_db: None,
    postgres_url: str,
    s3_endpoint: str,  # noqa: F811
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hosts]:
    url = f"s3://{s3.BUCKET}/two-hosts"
    s3.use(settings, url, tmp_path / "web", endpoint=s3_endpoint)
    (tmp_path / "broker").mkdir()
    broker = Broker(tmp_path / "broker")
    monkeypatch.setattr(current_app.conf, "broker_url", broker.server.url)
    paths = [ROOT, ROOT / "platform", ROOT / "tests" / "workers"]
    env = {
        **os.environ,
        **s3.KEYS,
        "AWS_ENDPOINT_URL": s3_endpoint,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}",
        "REDIS_URL": broker.server.url,
        "RONDO_ARTIFACTS": url,
        "RONDO_JOB_LEASE_SECONDS": "3",
        "RONDO_JOB_HEARTBEAT_SECONDS": "0.5",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
    }
    hosts = Hosts(env, tmp_path)
    yield hosts
    for worker in hosts.workers:
        worker.kill()
    broker.server.stop()


@pytest.fixture
def base(transactional_db: None, hosts: Hosts, tmp_path: Path) -> ModelVersion:
    """A tiny model, in the store."""
    from training import tiny

    folder = tmp_path / "base"
    folder.mkdir()
    tiny.write(folder)
    manifest.write(folder, manifest.scan(folder))
    return register_folder(folder=folder, kind="base", name="tiny")


@pytest.fixture
def job(base: ModelVersion) -> Job:
    """A reward model of sixteen steps is to be trained."""
    project = make_project("kitchen")
    round_ = Round.objects.create(project=project, number=1, writer=base, plan={})
    for question in ("Tea?", "Soup?"):
        make_annotation(make_task(project, "ranking", prompt=make_prompt(project, question), k=3))
    mona = make_member(project, "Mona", "manager")
    [run] = launch(round_=round_, stages=["reward"], recipes={"reward": RECIPE}, by=mona)
    return run.job


def test_the_second_host_goes_on_and_makes_the_model_of_a_run_in_peace(
    hosts: Hosts, job: Job, tmp_path: Path, settings: Any
) -> None:
    first = hosts.start("one")
    checkpoints = tmp_path / "one" / "jobs" / str(job.pk) / "checkpoints"
    wait_until(lambda: any(checkpoints.glob("step-*/MANIFEST.json")), seconds=600)
    [trainer] = first.trainers
    os.kill(trainer, signal.SIGSTOP)
    wait_until(lambda: any(_is_uploaded(now(job), each) for each in travelling.saved(job)))
    first.kill()
    os.kill(trainer, signal.SIGKILL)

    hosts.start("two")
    wait_until(lambda: now(job).has_ended, seconds=600)

    done = now(job)
    assert (done.state, done.attempt, done.error) == ("succeeded", 2, ""), _logs(hosts)
    lines = [row.data["text"] for row in JobEvent.objects.filter(job=job, kind="log")]
    assert "fetched the checkpoints that claim 1 uploaded" in lines
    numbers = JobEvent.objects.filter(job=job, number__isnull=False).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == list(range(1, len(numbers) + 1))
    steps = [row.data["step"] for row in numbers.filter(kind="metric")]
    assert len(steps) < 2 * len(set(steps))  # it did not begin anew
    wait_until(lambda: travelling.saved(job) == [])  # what only a next attempt needs

    [version] = ModelVersion.objects.filter(job=job)
    folder = tmp_path / "two" / "jobs" / str(job.pk)
    assert not (folder / "model").exists()
    settings.ARTIFACTS = tmp_path / "three" / "cache"
    made = manifest.entry(local_folder(version) / "model.safetensors")
    assert made == in_peace(folder)


def _is_uploaded(job: Job, which: travelling.Saved) -> bool:
    return manifest.NAME in remote.sizes(travelling._uri(job, which))


def in_peace(folder: Path) -> manifest.File:
    """The weights of the same job, done at once; here, as starting a process takes long."""
    import torch

    from training.folder import JobFolder
    from training.reward.trainer import reward

    (folder / "result.json").unlink()
    (folder / "events.jsonl").unlink()
    before = torch.get_num_threads()
    torch.set_num_threads(threads())
    try:
        with JobFolder(folder) as open_folder:
            reward(open_folder)
    finally:
        torch.set_num_threads(before)
    return manifest.entry(folder / "model" / "model.safetensors")


def _logs(hosts: Hosts) -> str:
    return "\n".join(worker.log.read_text()[-3000:] for worker in hosts.workers)
