"""From two models that have written nothing to votes on what they write, with real trainers."""

import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from jobs import services as jobs
from jobs.models import Job
from labeling.models import Completion, Role
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.models import EvaluationSample, Round, Run
from rounds.verdict.asking import ask
from tests.factories import make_member, make_project, make_prompt
from tests.rounds.verdict.lacking import WRITTEN, texts_of
from tests.rounds.verdict.voting import vote_all
from tests.rounds.worker import handler_of
from training import tiny
from training.artifacts import write_folder
from workers import runner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
NULL = {"reward": None, "second_reward": None, "kl": None}


def lose(run: Run) -> None:
    """Work on `run` as a worker does that is lost before it takes over what was written."""
    job = jobs.claim(job_id=run.job_id, worker="lost")
    job.folder.mkdir(parents=True)
    handler_of(run).prepare(job, job.folder).write(job.folder)
    command = [sys.executable, "-m", "training.generate", str(job.folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(lease_until=long_ago)


def test_two_models_write_and_people_vote(tmp_path: Path) -> None:
    project = make_project("kitchen")
    mona, ada = make_member(project, "Mona", Role.MANAGER), make_member(project, "Ada")
    for number in range(6):
        # What is drawn follows from the key: by some keys both models write the same.
        make_prompt(project, f"Question {number}?", split="heldout", pk=70_000 + number)
    for name, seed in (("base", 0), ("policy", 1)):
        write_folder(tmp_path / name, partial(tiny.write, seed=seed))
    base = register_folder(folder=tmp_path / "base", kind="base", name="base")
    policy = register_folder(
        folder=tmp_path / "policy", kind="policy", name="policy", family=project.family, parent=base
    )
    plan = {"temperature": 0.8, "max_new_tokens": 8}
    Round.objects.create(project=project, number=1, writer=base, plan=plan)

    ballot = ask(project=project, versions=[base, policy], prompts=6, is_written=True, by=mona)
    first, second = ballot.runs.order_by("pk")
    runner.run(first.job_id, worker="test")
    assert texts_of(ballot) == {**WRITTEN, "missing": 6}
    assert not Completion.objects.exists()
    lose(second)
    runner.run(second.job_id, worker="test")

    assert texts_of(ballot) == WRITTEN
    assert set(Job.objects.values_list("state", "attempt")) == {("succeeded", 1), ("succeeded", 2)}
    samples = EvaluationSample.objects.filter(run__ballot=ballot)
    assert samples.count() == 12
    assert set(samples.values_list("model_version", "prompt").distinct()) == {
        (version.pk, prompt.pk)
        for version in ModelVersion.objects.all()
        for prompt in project.prompts.all()
    }
    assert samples.filter(tokens__gt=0, tokens__lte=8, **NULL).count() == 12
    assert len(vote_all(project, ada, lambda one, other: 1)) == 6
