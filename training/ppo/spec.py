"""What PPO is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import CORPUS, DEMONSTRATIONS, PROMPTS, Table

OWN, ENGINE = "own", "engine"  # who samples: this process, or the server of RONDO_ENGINE_URL
VALUES, OTHERS = "values", "leave_one_out"  # what a rollout has to be better than


@dataclass(frozen=True, kw_only=True)
class PPOSpec(Spec):
    """PPO with a per-token KL penalty.

    `samples` are held-out prompts, completed every `sample_every` steps for the run page; where
    there are none, rollouts are shown. Where `ptx_coef` is not 0, rows of `corpus` are mixed in, or
    `demonstrations` where that is empty. What a rollout has to be better than is `baseline`: what
    the value network expects (InstructGPT), or the mean of the other rollouts of its prompt, for
    which no value network is held nor trained (RLOO, Ahmadian et al. 2024, 2402.14740).
    """

    stage: ClassVar[str] = "ppo"
    is_shared: ClassVar[bool] = True
    may_be_served: ClassVar[bool] = True
    at_once: ClassVar[str] = "micro_batch_size"
    data: ClassVar[Mapping[str, Table]] = {
        "prompts": PROMPTS,
        "samples": PROMPTS,
        "demonstrations": DEMONSTRATIONS,
        "corpus": CORPUS,
    }
    results: ClassVar[Mapping[str, str]] = {
        "steps": "of PPO",
        "template_hash": "of the model's chat template",
        "dropped_prompts": "which the model cannot take",
        "dropped": "their ids by reason: too_long, refused",
        "score": "mean of the deployed policy's own batch, as are the next nine",
        "judged": "the same before what does not end is charged for it",
        "objective": "score less the KL penalty",
        "kl": "k1 to the reference, nats a completion",
        "kl_k3": "the same by k3",
        "entropy": "nats a token",
        "eos_rate": "share that ended by itself",
        "length": "tokens a completion",
        "explained_variance": "of the critic",
        "sampler_gap": "of who sampled from the policy, nats a token on average",
        "seconds_generate": "of that batch",
        "seconds_score": "of that batch",
        "policy_loss": "of the last step, as is the rest",
        "value_loss": "halved squared error; of a value network, as is all that is named so",
        "ptx_loss": "of what is mixed in, nats a token; only where something is",
        "approx_kl": "of the update, k3",
        "clip_fraction": "of tokens",
        "value_clip_fraction": "of tokens",
        "ratio_mean": "of probabilities",
        "ratio_max": "of probabilities",
        "policy_gradient": "norm before clipping",
        "value_gradient": "norm before clipping",
        "updates": "minibatches taken",
        "learning_rate": "the policy's",
        "kl_coef": "in the penalty",
        "seconds_keep": "checkpoint and samples",
        "seconds_update": "updates",
    }
    policy: str
    reward_model: str
    steps: int = 100
    batch_size: int = 512  # rollouts a step
    rollouts_per_prompt: int = 1
    baseline: str = VALUES
    minibatch_size: int = 64
    micro_batch_size: int = 16
    inner_epochs: int = 1
    max_new_tokens: int = 128
    temperature: float = 1.0
    kl_coef: float = 0.02
    kl_target: float = 0.0  # nats per response that an adaptive kl_coef aims at; 0 keeps it fixed
    kl_horizon: int = 10_000  # rollouts; a tenth of the run's, where those are fewer
    learning_rate: float = 1e-6
    value_learning_rate: float = 9e-6
    warmup_steps: int = 10
    final_rate: float = 1.0  # the share of the learning rates that a straight line ends at
    value_warmup_steps: int = 0  # the first of `steps`: the policy waits until its values are known
    clip_range: float = 0.2
    value_clip_range: float = 0.2
    value_coef: float = 0.1
    ptx_coef: float = 0.0  # of the loss on what is mixed in; 0 mixes nothing in
    ptx_tokens: int = 2048  # of a row of the corpus; the model's context where that is less
    gamma: float = 1.0
    gae_lambda: float = 0.95
    no_eos_score: float = -1.0  # at most, of what does not end; so far below a mean that is below 0
    ema_decay: float = 0.992
    max_kl: float = 50.0  # nats per response; beyond it the run stops as diverged
    frozen_layers: int = 0
    lora_rank: int = 0  # of matrices that learn beside the weights; 0: these learn themselves
    precision: str = "auto"  # of products: "bf16", "fp32", or what is faster here
    sampler: str = OWN
    checkpoint_every: int = 10
    sample_every: int = 10

    @property
    def has_values(self) -> bool:
        """Whether a value network is trained."""
        return self.baseline == VALUES

    @property
    def waiting_steps(self) -> int:
        """The first ones, in which only the value network learns (VC-PPO, 2503.01491)."""
        return self.value_warmup_steps if self.has_values else 0

    def policy_learns(self, step: int) -> bool:
        """Not while it waits."""
        return step >= self.waiting_steps

    @property
    def kl_horizon_of_run(self) -> int:
        """In a short run the coefficient has to move as far in fewer rollouts."""
        learned = (self.steps - self.waiting_steps) * self.batch_size
        return max(1, min(self.kl_horizon, learned // 10))

    def share(self, step: int, *, first: int = 0) -> float:
        """Of a learning rate in this step: it rises over `warmup_steps` from `first` on, and falls.

        InstructGPT (C.4) keeps it where it is; 2403.17031 lets it fall to 0.
        """
        done = step - first
        progress = min(1.0, done / max(self.steps - first - 1, 1))
        return min(1.0, (done + 1) / max(self.warmup_steps, 1)) * (
            1.0 - (1.0 - self.final_rate) * progress
        )

    def __post_init__(self) -> None:
        """ValueError for settings that are wrong together."""
        if self.batch_size < 1 or self.minibatch_size < 1 or self.batch_size % self.minibatch_size:
            raise ValueError("batch_size must be a multiple of minibatch_size")
        if self.rollouts_per_prompt < 1 or self.batch_size % self.rollouts_per_prompt:
            raise ValueError("batch_size must be a multiple of rollouts_per_prompt")
        if self.baseline not in {VALUES, OTHERS}:
            raise ValueError(f"baseline must be {VALUES} or {OTHERS}")
        if self.baseline == OTHERS and self.rollouts_per_prompt < 2:
            raise ValueError(f"{OTHERS} needs rollouts_per_prompt: 2 at the least")
        if self.sampler not in {OWN, ENGINE}:
            raise ValueError(f"sampler must be {OWN} or {ENGINE}")
        if not 0 <= self.waiting_steps < max(self.steps, 1):
            raise ValueError("value_warmup_steps must leave steps in which the policy learns")
        if self.ptx_tokens < 2:
            raise ValueError("ptx_tokens must leave a token to learn: 2 at the least")
        if self.kl_target and not self.kl_coef:
            raise ValueError("kl_target multiplies kl_coef, which must not be 0")
