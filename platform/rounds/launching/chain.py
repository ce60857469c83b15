"""Which model each run of a chain starts from.

What exists at launch is written on the run; what an earlier run of the chain makes is looked up
through the jobs' order when the run's turn comes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from registry.models import ModelVersion
from rounds.models import Round, Run
from rounds.queries import newest_version

if TYPE_CHECKING:
    from jobs.models import Job

Kind = ModelVersion.Kind


def runs_before(run: Run) -> Iterator[Run]:
    """The earlier runs of the chain, nearest first."""
    job: Job | None = run.job.after
    while job is not None:
        if (earlier := Run.objects.filter(job=job).first()) is not None:
            yield earlier
        job = job.after


def made_before(run: Run, *stages: str) -> ModelVersion | None:
    """The model of the nearest earlier run of the chain whose stage is one of `stages`."""
    for earlier in runs_before(run):
        if earlier.stage in stages:
            return ModelVersion.objects.filter(job=earlier.job).first()
    return None


def policy_of(run: Run) -> ModelVersion:
    """What `run` works on: the policy that it trains, or evaluates."""
    sources = {
        Run.Stage.REWARD: (Run.Stage.SFT,),
        Run.Stage.PPO: (Run.Stage.SFT,),
        Run.Stage.EVALUATE: (Run.Stage.PPO, Run.Stage.SFT),
    }
    made = None
    for stage in sources.get(Run.Stage(run.stage), ()):
        made = made or made_before(run, stage)
    return made or run.source or run.round.writer


def reward_model_of(run: Run) -> ModelVersion | None:
    """The reward model that `run` scores with."""
    return made_before(run, Run.Stage.REWARD) or run.reward_model


def made_in(round_: Round, kind: Kind) -> ModelVersion | None:
    """The newest model of `kind` that a run of this round made."""
    found = ModelVersion.objects.filter(job__run__round=round_, kind=kind)
    return found.order_by("-number").first()


def base_of(version: ModelVersion) -> ModelVersion:
    """The base model that `version` descends from."""
    while version.kind != Kind.BASE and version.parent is not None:
        version = version.parent
    return version


def known_policy(round_: Round, stage: str) -> ModelVersion | None:
    """What a run of `stage` works on when nothing before it in its chain makes a model.

    SFT starts from the base model. A reward model starts from the SFT model. PPO goes on from the
    policy that wrote the round's completions, unless this round made a new SFT model.
    """
    sft = made_in(round_, Kind.SFT)
    newest_sft = sft or newest_version(round_.project, Kind.SFT)
    match stage:
        case Run.Stage.SFT:
            return base_of(round_.writer)
        case Run.Stage.REWARD:
            return newest_sft or round_.writer
        case Run.Stage.PPO if sft is None and round_.writer.kind == Kind.POLICY:
            return round_.writer
        case Run.Stage.PPO:
            return newest_sft or round_.writer
        case Run.Stage.EVALUATE:
            return made_in(round_, Kind.POLICY) or sft
        case _:
            return round_.writer


def known_reward_model(round_: Round, stage: str) -> ModelVersion | None:
    """The newest reward model of the project, for the stages that score."""
    if stage in {Run.Stage.PPO, Run.Stage.EVALUATE}:
        return newest_version(round_.project, Kind.REWARD)
    return None
