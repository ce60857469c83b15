"""What PPO reads."""

from pathlib import Path

from rounds.corpora import storing
from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.folder import (
    heldout_prompts,
    path_of,
    snapshot_of,
    spec_settings,
    write_data,
)
from rounds.stages.ppo.settings import SETTINGS
from training.ppo.spec import PPOSpec

SAMPLES = 4  # held-out prompts that are completed again and again for the run page


def prepare(run: Run, folder: Path) -> PPOSpec:
    """The training prompts, a few held-out ones to watch, and the texts to mix in."""
    snapshot, corpus = snapshot_of(run), run.corpus
    shows = bool(run.recipe.get("ptx_coef")) and corpus is None
    write_data(
        folder,
        PPOSpec,
        prompts=read(snapshot, "prompts", split="train"),
        samples=heldout_prompts(snapshot, SAMPLES),
        demonstrations=read(snapshot, "demonstrations", split="train") if shows else [],
        corpus=storing.read(corpus) if corpus else [],
    )
    return PPOSpec(
        policy=path_of(run.source),
        reward_model=path_of(run.reward_model),
        **spec_settings(run, SETTINGS),
    )
