"""PPO's own update, on policies small enough that the best one is known exactly.

The optimum of E[r] - beta KL(pi, ref) is pi* ~ ref exp(r / beta), worth beta log Z. A table of
logits per prefix can be any policy, so what misses the optimum is a fault of the update. `train`
below drives training.ppo.update itself; only sampling and the tables are the test's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor, nn

from training import losses
from training.ppo.experience import gather_experience
from training.ppo.networks import Networks, twin
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


def train(
    world: World,
    score: Score,
    reference: Tensor,
    *,
    kl_coef: float,
    steps: int = 50,
    temperature: float = 1.0,
    sampled_at: float | None = None,
) -> TablePolicy:
    """The policy after `steps` steps of PPO, with learning rates that fall to zero."""
    torch.manual_seed(0)
    policy = TablePolicy(world, reference)
    networks = Networks(
        policy=policy, reference=twin(policy), critic=TableCritic(world), scorer=score
    )
    spec = PPOSpec(
        policy="", reward_model="", batch_size=2048, minibatch_size=1024, micro_batch_size=1024,
        temperature=temperature, warmup_steps=0, gae_lambda=1.0, value_clip_range=10.0,
        no_eos_score=100.0,
    )  # fmt: skip
    optimisers = Optimisers.of(networks, spec)
    for step in range(steps):
        share = 1 - step / steps
        spec = replace(spec, learning_rate=0.15 * share, value_learning_rate=0.3 * share)
        rows = sample(world, policy, spec.batch_size, sampled_at or temperature, step)
        experience = gather_experience(
            networks, rows, torch.ones(len(rows)).bool(),
            spec=spec, step=step, kl_coef=kl_coef, processes=ALONE,
        )  # fmt: skip
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


@pytest.mark.parametrize("reference", REFERENCES, ids=["uniform", "uneven"])
def test_counting_a_token_ends_at_the_closed_form(reference):
    """Each step is a draw of its own: p(two) ~ ref(two) e^(1/beta), and all is known on paper."""
    policy = train(COUNTING, Score(count_of_two), reference, kl_coef=BETA, steps=80)

    got = worth(COUNTING, policy, Score(count_of_two), reference, kl_coef=BETA)
    ref = reference.softmax(0).double()
    tilted = ref * torch.tensor([1.0, 1.0, torch.e ** (1 / BETA), 1.0])
    best = tilted / tilted.sum()
    assert got.score == pytest.approx(5 * float(best[2]), rel=0.02)
    assert got.kl == pytest.approx(5 * float((best * (best / ref).log()).sum()), rel=0.02)


def test_temperature_is_part_of_the_policy_that_is_optimised():
    """At T = 0.7 the sampled distribution is softmax(logits / 0.7), in policy and reference."""
    score, reference = Score(count_of_two), torch.tensor([0.5, 0.0, -0.3, 0.3])
    policy = train(COUNTING, score, reference, kl_coef=BETA, temperature=0.7, steps=80)

    got = worth(COUNTING, policy, score, reference, kl_coef=BETA, temperature=0.7)
    assert got.score == pytest.approx(got.best_score, rel=0.02)
    assert got.kl == pytest.approx(got.best_kl, rel=0.02)


@pytest.mark.parametrize("world", [ANY, STOPPING], ids=["625 of four", "341 that stop"])
def test_any_score_ends_at_the_closed_form(world):
    policy = train(world, drawn_score(world), UNEVEN, kl_coef=BETA)

    got = worth(world, policy, drawn_score(world), UNEVEN, kl_coef=BETA)
    assert 0.98 * got.optimum <= got.objective <= got.optimum


def k3_in_the_reward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "kl_k1", losses.kl_k3)


def pads_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pad is the stop token, as in SmolLM2: the mask loses the decision to stop."""
    right = Rows.response_mask

    def by_id(rows: Rows, width: int | None = None) -> Tensor:
        mask = right(rows, width)
        tokens = rows.ids[:, 1:]
        real = torch.zeros_like(mask)
        real[:, : tokens.shape[1]] = tokens != STOPPING.stop
        real[:, 0] = True  # a response of one token is left something
        return mask & real

    monkeypatch.setattr(Rows, "response_mask", by_id)


def score_one_token_late(monkeypatch: pytest.MonkeyPatch) -> None:
    right = losses.token_rewards

    def late(scores: Tensor, *args: Tensor, **kwargs: float) -> Tensor:
        mask = args[2]
        rewards = right(torch.zeros_like(scores), *args, **kwargs)
        after = torch.zeros(len(mask), mask.shape[1] + 1).scatter(
            1, mask.sum(1, keepdim=True), scores[:, None]
        )
        return rewards + after[:, :-1]

    monkeypatch.setattr(losses, "token_rewards", late)


@pytest.mark.parametrize("mutate", [k3_in_the_reward, pads_by_id, score_one_token_late])
def test_a_wrong_update_misses_the_closed_form(mutate, monkeypatch):
    mutate(monkeypatch)
    policy = train(STOPPING, drawn_score(STOPPING), UNEVEN, kl_coef=BETA)
    monkeypatch.undo()

    got = worth(STOPPING, policy, drawn_score(STOPPING), UNEVEN, kl_coef=BETA)
    assert got.objective < 0.98 * got.optimum


def test_sampling_at_another_temperature_than_the_updates_misses_the_closed_form():
    score, reference = Score(count_of_two), torch.tensor([0.5, 0.0, -0.3, 0.3])
    policy = train(COUNTING, score, reference, kl_coef=BETA, sampled_at=0.7, steps=80)

    got = worth(COUNTING, policy, score, reference, kl_coef=BETA, temperature=0.7)
    assert got.kl > 1.1 * got.best_kl or got.objective < 0.98 * got.optimum
