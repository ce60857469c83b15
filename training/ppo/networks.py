"""The networks of PPO, and one pass through those that learn. Shapes: `training.rows`."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from training import losses
from training.backbone import WHOLE, twin
from training.chat import Chat
from training.policy import Actor, Policy
from training.ppo.spec import PPOSpec
from training.processes import Alone
from training.reward_model import RewardModel
from training.rows import Rows
from training.sharding import Known, shard
from training.tuning import Tuning


class Critic(Protocol):
    def values(self, rows: Rows) -> Tensor:
        """(N,): the expected score before each response token."""


class Scorer(Protocol):
    def scores(self, rows: Rows) -> Tensor:
        """(B,)."""


@dataclass(frozen=True)
class Networks:
    """The reference is what the policy starts as; the critic starts as the scorer.

    There is no critic where the baseline is not learned.
    """

    policy: Any  # an Actor and nn.Module
    reference: Actor
    critic: Any | None  # a Critic and nn.Module
    scorer: Scorer
    coarse: bool = False  # computed in bf16

    @classmethod
    def of(
        cls,
        model: Any,
        reward: RewardModel,
        chat: Chat,
        tuning: Tuning = WHOLE,
        processes: Alone | None = None,
        *,
        has_values: bool = True,
    ) -> "Networks":
        """All, which share what does not learn, where it is equal.

        Where processes hold parts of models, each is parted before the next one is made.
        """
        processes = processes or Alone()
        known: Known = {}
        policy = Policy(model, tuning, forbid=chat.forbid)
        reward.backbone.adopt(policy.backbone)
        reference = twin(policy).requires_grad_(requires_grad=False)
        policy.tune()
        shard(reference, reference.model, processes, known)
        shard(policy, policy.model, processes, known)
        critic = twin(reward) if has_values else None
        if critic is not None:
            critic.tune()
        scorer = reward.requires_grad_(requires_grad=False)
        shard(scorer, scorer.backbone.decoder, processes, known)
        if critic is not None:
            shard(critic, critic.backbone.decoder, processes, known)
        return cls(
            policy=policy,
            reference=reference,
            critic=critic,
            scorer=Judge(scorer, chat),
            coarse=tuning.compute == torch.bfloat16,
        )

    def values(self, part: Rows) -> Tensor | None:
        """(N,), of a micro-batch; none without a critic."""
        return None if self.critic is None else self.critic.values(part)

    @property
    def learners(self) -> dict[str, Any]:
        """What is trained, by name."""
        both = {"policy": self.policy, "critic": self.critic}
        return {name: module for name, module in both.items() if module is not None}


@dataclass(frozen=True)
class Judge:
    """The reward model on texts that end as those it was trained on do."""

    reward: RewardModel
    chat: Chat

    def scores(self, rows: Rows) -> Tensor:
        """(B,)."""
        return self.reward.scores(rows.ended_by(self.chat.eos_id, self.chat.stop_ids))


def policy_pass(networks: Networks, part: Rows, *, spec: PPOSpec) -> tuple[Tensor, Tensor]:
    """Of a micro-batch: log-probabilities, (N,), and the logits that they are of, (N, V)."""
    logits = networks.policy.logits(part)
    tokens = part.response_tokens()
    return losses.token_logprobs(logits, tokens, temperature=spec.temperature), logits
