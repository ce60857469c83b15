"""PPO: the policy learns what the reward model scores well, near where it started."""

from pathlib import Path

from jobs.models import Job
from registry.models import ModelVersion
from rounds.snapshots import read
from rounds.stages.base import (
    Stage,
    folder_of,
    register_model,
    resolve,
    run_of,
    snapshot_of,
    spec_settings,
    write_data,
)
from training.ppo.spec import PPOSpec

SAMPLES = 4  # held-out prompts that are completed again and again for the run page


class PPO(Stage):
    """Registers a policy."""

    name = "ppo"

    def prepare(self, job: Job, folder: Path) -> PPOSpec:
        """The training prompts, and a few held-out ones to watch."""
        run = run_of(job)
        resolve(run)
        snapshot = snapshot_of(run)
        heldout = sorted(
            read(snapshot, "prompts", split="heldout"), key=lambda row: str(row["sha256"])
        )
        write_data(
            folder,
            PPOSpec,
            prompts=read(snapshot, "prompts", split="train"),
            samples=heldout[:SAMPLES],
        )
        return PPOSpec(
            policy=folder_of(run.source),
            reward_model=folder_of(run.reward_model),
            **spec_settings(run),
        )

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Register the policy; people decide whether it serves."""
        register_model(run_of(job), folder, kind=ModelVersion.Kind.POLICY, result=result)
