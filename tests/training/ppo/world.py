"""Worlds so small that the best policy is known exactly, and PPO's own update on them.

A table of logits per prefix can be any policy, so what misses the optimum is a fault of the update.
`train` drives training.ppo.update itself; only sampling and the tables are made here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from training import losses
from training.backbone import twin
from training.ppo.experience import Experience, gather_experience
from training.ppo.networks import Networks
from training.ppo.spec import PPOSpec
from training.ppo.update import Optimisers, update
from training.processes import Alone
from training.rows import Rows

ALONE = Alone()


@dataclass(frozen=True)
class World:
    """Sequences of up to `steps` of `words` tokens; `stop`, where there is one, ends a sequence."""

    words: int
    steps: int
    stop: int | None = None

    def sequences(self) -> Rows:
        """Every sequence that can be sampled, after a prompt of one token."""
        found = [[]]
        whole = []
        for _ in range(self.steps):
            found = [[*sequence, word] for sequence in found for word in range(self.words)]
            whole += [sequence for sequence in found if sequence[-1] == self.stop]
            found = [sequence for sequence in found if sequence[-1] != self.stop]
        whole += found
        return Rows.of([[self.words]] * len(whole), whole, pad_id=self.stop or 0)

    def prefixes(self, rows: Rows) -> Tensor:
        """A number for what each position has seen, (B, S), the same for the same prefix."""
        code = torch.zeros(len(rows), dtype=torch.long)
        codes = [code]
        for position in range(1, rows.ids.shape[1]):
            code = code * (self.words + 1) + rows.ids[:, position] + 1
            codes.append(code)
        return torch.stack(codes, 1)

    @property
    def size(self) -> int:
        return (self.words + 1) ** (self.steps + 1)


class TablePolicy(nn.Module):
    def __init__(self, world: World, logits: Tensor | None = None) -> None:
        super().__init__()
        self.world = world
        start = torch.zeros(world.words) if logits is None else logits
        self.table = nn.Parameter(start.expand(world.size, world.words).clone())

    def logits(self, rows: Rows) -> Tensor:
        return self.table[self.world.prefixes(rows)[rows.predicting()]]

    def logprobs(self, rows: Rows, *, temperature: float = 1.0) -> Tensor:
        """log pi of each whole sequence, (B,)."""
        tokens = losses.token_logprobs(
            self.logits(rows), rows.response_tokens(), temperature=temperature
        )
        return torch.zeros(len(rows)).index_add(0, rows.predicting()[0], tokens)


class TableCritic(nn.Module):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.table = nn.Parameter(torch.zeros(world.size))

    def values(self, rows: Rows) -> Tensor:
        return self.table[self.world.prefixes(rows)[rows.predicting()]]


@dataclass(frozen=True)
class Score:
    of: Callable[[Rows], Tensor]

    def scores(self, rows: Rows) -> Tensor:
        return self.of(rows)


def sample(world: World, policy: TablePolicy, count: int, temperature: float, seed: int) -> Rows:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((count, 1), world.words)
    lengths = torch.full((count,), world.steps + 1)
    for step in range(1, world.steps + 1):
        prefix = Rows(ids, torch.full((count,), 1), torch.full((count,), step))
        logits = policy.table[world.prefixes(prefix)[:, -1]] / temperature
        word = logits.softmax(1).multinomial(1, generator=generator)
        ids = torch.cat([ids, word], 1)
        if world.stop is not None:
            ended = (word[:, 0] == world.stop) & (lengths > step)
            lengths = torch.where(ended, step + 1, lengths)
    past = torch.arange(ids.shape[1]) >= lengths[:, None]
    return Rows(ids.masked_fill(past, world.stop or 0), torch.ones(count).long(), lengths)


Watch = Callable[[int, "TablePolicy", Experience], None]  # before each update


def train(
    world: World,
    score: Score,
    reference: Tensor,
    *,
    kl_coef: float,
    steps: int = 50,
    temperature: float = 1.0,
    sampled_at: float | None = None,
    watch: Watch = lambda step, policy, experience: None,
    critic: TableCritic | None = None,
    **settings: Any,
) -> TablePolicy:
    """The policy after `steps` steps of PPO, with learning rates that fall to zero."""
    torch.manual_seed(0)
    policy = TablePolicy(world, reference)
    spec = PPOSpec(
        policy="", reward_model="", batch_size=2048, minibatch_size=1024, micro_batch_size=1024,
        temperature=temperature, warmup_steps=0, gae_lambda=1.0, value_clip_range=10.0,
        no_eos_score=100.0, steps=steps,
    )  # fmt: skip
    spec = replace(spec, **settings)
    networks = Networks(
        policy=policy,
        reference=twin(policy),
        critic=(critic or TableCritic(world)) if spec.has_values else None,
        scorer=score,
    )
    optimisers = Optimisers.of(networks, spec)
    for step in range(steps):
        share = 1 - step / steps
        spec = replace(spec, learning_rate=0.15 * share, value_learning_rate=0.3 * share)
        rows = sample(world, policy, spec.batch_size, sampled_at or temperature, step)
        experience = gather_experience(
            networks, rows, torch.ones(len(rows)).bool(),
            spec=spec, step=step, kl_coef=kl_coef, processes=ALONE,
        )  # fmt: skip
        watch(step, policy, experience)
        update(networks, optimisers, experience, spec=spec, step=step, processes=ALONE)
    return policy


@dataclass(frozen=True)
class Worth:
    score: float
    kl: float
    objective: float
    optimum: float  # beta log Z
    best_score: float
    best_kl: float


@torch.no_grad()
def worth(
    world: World, policy: TablePolicy, score: Score, reference: Tensor, *, kl_coef: float,
    temperature: float = 1.0,
) -> Worth:  # fmt: skip
    """What a policy and the best one are worth, exactly: by enumerating all sequences."""
    rows = world.sequences()
    scores = score.scores(rows)
    ref = TablePolicy(world, reference).logprobs(rows, temperature=temperature).double()
    logp = policy.logprobs(rows, temperature=temperature).double()
    log_z = (ref + scores / kl_coef).logsumexp(0)
    best = ref + scores / kl_coef - log_z

    def expected(what: Tensor, under: Tensor) -> float:
        return float((under.exp() * what).sum())

    kl = expected(logp - ref, logp)
    return Worth(
        score=expected(scores, logp),
        kl=kl,
        objective=expected(scores, logp) - kl_coef * kl,
        optimum=float(kl_coef * log_z),
        best_score=expected(scores, best),
        best_kl=expected(best - ref, best),
    )


COUNTING = World(words=4, steps=5)
REFERENCES = [torch.zeros(4), torch.tensor([1.0, 0.0, -1.0, 0.5])]
ANY = World(words=5, steps=4)
STOPPING = World(words=5, steps=4, stop=0)
UNEVEN = torch.tensor([0.5, 0.0, -0.5, 0.3, -0.2])
BETA = 0.5


def count_of_two(rows: Rows) -> Tensor:
    row, position = rows.predicting()
    return torch.zeros(len(rows)).index_add(0, row, (rows.ids[row, position + 1] == 2).float())


def drawn_score(world: World) -> Score:
    """A score for each sequence, drawn once from N(0, 1)."""
    table = torch.randn(world.size, generator=torch.Generator().manual_seed(1))
    return Score(lambda rows: table[world.prefixes(rows)[rows.last()]])
