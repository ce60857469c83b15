"""A stage is a folder and a trainer: made in a folder of its own, it is launched as any other."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import extend_path

import pytest
from celery import current_app
from django.test import Client
from safetensors.numpy import load_file

import rounds
import training
from accounts.models import User
from jobs import handlers
from jobs.models import Job
from registry.models import ModelVersion
from registry.services import local_folder, register_folder
from registry.store import path_of
from rounds import stages
from rounds.models import Round, Run
from tests.factories import make_annotation, make_task
from tests.rounds.stages.new_stage import FILES
from tests.rounds.worker import write_model
from tests.workers.crew import ROOT, Broker, Worker, wait_until

LAUNCH = "/projects/kitchen/rounds/1/launch/"


def forget() -> None:
    """Let the stages be looked for anew."""
    stages.find.cache_clear()
    stages.launchable.cache_clear()


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on Python's path that holds the stage and its trainer and nothing else."""
    folder = tmp_path / "scratch"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(folder)
    for package in (rounds, stages, training):
        found = extend_path(list(package.__path__), package.__name__)
        monkeypatch.setattr(package, "__path__", found)
    forget()
    monkeypatch.setitem(handlers._handlers, "nudge", stages.get("nudge"))  # as at the start
    yield folder
    forget()
    for name in [n for n in sys.modules if n.startswith(("rounds.stages.nudge", "training.nudge"))]:
        del sys.modules[name]


@pytest.fixture
def worker(
    scratch: Path,
    tmp_path: Path,
    transactional_db: None,
    postgres_url: str,
    settings,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Worker]:
    """A worker as a process of its own, with the scratch folder on its path."""
    from django.db import connection

    (tmp_path / "broker").mkdir()
    broker = Broker(tmp_path / "broker")
    monkeypatch.setattr(current_app.conf, "broker_url", broker.server.url)
    paths = [scratch, ROOT, ROOT / "platform", ROOT / "tests" / "workers"]
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}",
        "REDIS_URL": broker.server.url,
        "RONDO_JOBS": str(settings.JOBS),
        "RONDO_ARTIFACTS": str(settings.ARTIFACTS),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
    }
    worker = Worker("stages", env=env, log=tmp_path / "worker.log")
    yield worker
    worker.kill()
    broker.server.stop()


@pytest.fixture
def base(transactional_db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def manager(first_round: Round, mona: User) -> Client:
    """The manager's browser; there are labels to train on."""
    for _ in range(3):
        make_annotation(make_task(first_round.project))
    client = Client()
    client.force_login(mona)
    return client


@pytest.mark.slow
def test_a_new_stage_is_launched_followed_and_taken_over(
    worker: Worker, manager: Client, first_round: Round, base: ModelVersion
) -> None:
    page = manager.get(LAUNCH).content.decode()
    assert 'href="?algorithm=nudge"' in page  # a way to a policy, beside the others
    page = manager.get(f"{LAUNCH}?algorithm=nudge").content.decode()
    assert "3 demonstrations to look at" in page  # pre-flight
    assert '<input type="number" name="nudge-steps" value="3"' in page

    sent = {"stages": ["nudge"], "nudge-steps": "4", "nudge-size": "0.5"}
    answer = manager.post(LAUNCH, sent)
    run = Run.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/runs/{run.pk}/")
    assert (run.stage, run.recipe, run.source) == ("nudge", {"steps": 4, "size": 0.5}, base)

    wait_until(lambda: Job.objects.get(pk=run.job_id).has_ended)
    job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.error, job.result) == ("succeeded", "", {"steps": 4, "examples": 3})

    made = ModelVersion.objects.get(job=job)
    assert (made.kind, made.name, made.parent) == ("policy", "policy v1", base)
    assert local_folder(made) == path_of(made.uri)
    weights = load_file(path_of(made.uri) / "model.safetensors")
    assert weights["w"].tolist() == [3.0, 4.0, 5.0, 6.0]
    assert "Policy whose weights were nudged." in (path_of(made.uri) / "README.md").read_text()

    page = manager.get(f"/runs/{run.pk}/").content.decode()
    assert "Distance from the start" in page  # the curve's name
    events = manager.get(f"/jobs/{job.pk}/events.json?kind=metric").json()["events"]
    assert [event["data"]["values"] for event in events] == [
        {"distance": 0.5 * step} for step in (1, 2, 3, 4)
    ]

    page = manager.get("/projects/kitchen/rounds/1/").content.decode()
    assert f'href="/runs/{run.pk}/">Nudge</a>' in page  # the stepper
    assert "policy v1" in page

    manager.post(f"/projects/kitchen/models/{made.pk}/promote/", {"reason": "Tried."})
    page = manager.get("/projects/kitchen/rounds/1/").content.decode()
    assert "serving: policy v1" in page


def test_it_has_its_place_in_a_chain(scratch: Path, db: None, first_round: Round) -> None:
    assert list(stages.launchable()) == [
        "sft",
        "dpo",
        "nudge",
        "reward",
        "second_reward",
        "ppo",
        "evaluate",
    ]


def test_a_chain_goes_on_from_what_its_stages_make(
    scratch: Path, manager: Client, first_round: Round, mona: User
) -> None:
    from tests.rounds.worker import finish

    form = {"stages": ["sft", "nudge", "evaluate"]}
    for name in form["stages"]:
        for setting in stages.get(name).settings:
            if setting.cpu is not False:
                form[f"{name}-{setting.name}"] = "on" if setting.cpu is True else str(setting.cpu)
    form["sft-batch_size"] = "2"

    answer = manager.post(LAUNCH, form)

    assert answer.status_code == 302, answer.content.decode()
    sft, nudge, evaluate = Run.objects.order_by("pk")
    for run in (sft, nudge):
        finish(run)
    nudge.refresh_from_db()
    assert (nudge.source.kind, nudge.source.job) == ("sft", sft.job)
    assert stages.get("evaluate").source_of(evaluate).job == nudge.job
