"""A project after one whole round, for pages that show everything."""

from dataclasses import dataclass

from accounts.models import User
from jobs.models import Job, JobEvent
from labeling.models import Project, Role
from registry.models import ModelVersion
from rounds import stages
from rounds.evaluation.promoting import promote
from rounds.launching.recipes import defaults
from rounds.models import Evaluation, EvaluationSample, Round, Run
from rounds.snapshots import freeze
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_version,
)


@dataclass
class World:
    """Rows of a finished round."""

    project: Project
    mona: User
    ada: User
    round: Round
    runs: dict[str, Run]
    policy: ModelVersion
    evaluation: Evaluation


def make_run(round_: Round, stage: str, *, state: str = "succeeded", **fields: object) -> Run:
    """A run whose job is in `state`, with two state events."""
    job = Job.objects.create(kind=stage, queue="gpu", state=state, attempt=1, step=3, total_steps=3)
    for told in ("queued", state):
        data = {"state": told, "attempt": 1, "reason": ""}
        JobEvent.objects.create(job=job, epoch=1, kind="state", data=data)
    usual = {"round": round_, "stage": stage, "job": job, "recipe": defaults(stage)}
    if stages.get(stage).in_chains and "snapshot" not in fields:  # which takes its time
        usual["snapshot"] = freeze(round_.project)
    return Run.objects.create(**{**usual, **fields})


def make_world() -> World:
    """One round: labels, four stages, three models, an evaluation, a promotion."""
    project = make_project("kitchen", name="Kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    ada = make_member(project, "Ada")
    held = [make_prompt(project, f"Held-out question {i}?", split="heldout") for i in range(12)]
    for kind in ("demonstration", "ranking", "correction"):
        make_annotation(make_task(project, kind), annotator=ada)
    base = make_version(name="base", parameters=1000)
    round_ = Round.objects.create(
        project=project, number=1, writer=base, state="evaluated", opened_by=mona
    )
    snapshot = freeze(project)
    runs: dict[str, Run] = {"generate": make_run(round_, "generate", source=base)}
    versions: dict[str, ModelVersion] = {"base": base}
    for stage, kind, parent in (
        ("sft", "sft", "base"),
        ("reward", "reward", "sft"),
        ("ppo", "policy", "sft"),
    ):
        run = make_run(round_, stage, snapshot=snapshot, source=versions[parent])
        versions[kind] = make_version(
            kind, family=project.family, parent=versions[parent], job=run.job, name=f"{kind} v1"
        )
        runs[stage] = run
    runs["evaluate"] = make_run(
        round_,
        "evaluate",
        snapshot=snapshot,
        source=versions["policy"],
        reward_model=versions["reward"],
    )
    numbers = {
        "reward": 0.5,
        "kl": 1.5,
        "length": 20.0,
        "eos_rate": 0.9,
        "distinct_1": 0.5,
        "distinct_2": 0.8,
    }
    evaluation = Evaluation.objects.create(
        run=runs["evaluate"],
        before=base,
        after=versions["policy"],
        reference=versions["sft"],
        reward_model=versions["reward"],
        metrics={
            "models": {
                str(base.pk): {**numbers, "reward": 0.1},
                str(versions["policy"].pk): numbers,
            },
            "reward_model": {"accuracy": 0.7, "log_loss": 0.6, "ece": 0.05, "pairs": 40},
        },
    )
    EvaluationSample.objects.bulk_create(
        EvaluationSample(
            evaluation=evaluation,
            prompt=prompt,
            model_version=version,
            text=f"{version.name} says {i}",
            tokens=5,
            reward=0.0 if version == base else i - 3.0,
        )
        for i, prompt in enumerate(held)
        for version in (base, versions["policy"])
    )
    promote(project=project, version=versions["policy"], by=mona, reason="The first.")
    return World(
        project=project,
        mona=mona,
        ada=ada,
        round=round_,
        runs=runs,
        policy=versions["policy"],
        evaluation=evaluation,
    )
