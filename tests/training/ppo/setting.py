"""The small setting of the tests of PPO: drawn rows, and what they are worth."""

import torch
from torch import Tensor

from training.ppo.experience import Experience, gather_experience
from training.ppo.networks import Networks
from training.ppo.spec import PPOSpec
from training.ppo.update import minibatch_gradients
from training.processes import Alone
from training.rows import Rows

SPEC = PPOSpec(
    policy="", reward_model="", batch_size=12, minibatch_size=6, micro_batch_size=3, kl_coef=0.1,
    learning_rate=1e-3, value_learning_rate=1e-3, warmup_steps=0, max_new_tokens=9,
)  # fmt: skip


def drawn_rows(pad_id: int = 0) -> Rows:
    """12 prompts and responses of any length, with every token that each may hold."""
    generator = torch.Generator().manual_seed(0)

    def ids(most: int, first: int = 0) -> list[int]:
        length = int(torch.randint(1, most, (1,), generator=generator))
        return torch.randint(first, 300, (length,), generator=generator).tolist()

    return Rows.of([ids(12) for _ in range(12)], [ids(10, 3) for _ in range(12)], pad_id=pad_id)


FINISHED = torch.tensor([True, False, True] * 4)


def experience_of(
    networks: Networks, rows: Rows, spec: PPOSpec = SPEC, finished: Tensor = FINISHED
) -> Experience:
    return gather_experience(
        networks, rows, finished, spec=spec, step=1, kl_coef=spec.kl_coef, processes=Alone()
    )


def gradient_of(networks: Networks, experience: Experience, spec: PPOSpec) -> Tensor:
    """The gradient of one minibatch of all rows, policy and critic in one vector."""
    minibatch_gradients(
        networks, experience, torch.arange(len(experience.rows)), spec=spec, processes=Alone()
    )
    parameters = [*networks.policy.parameters(), *networks.critic.parameters()]
    flat = [parameter.grad.flatten() for parameter in parameters if parameter.grad is not None]
    for parameter in parameters:
        parameter.grad = None
    return torch.cat(flat)


def assert_close(one: Tensor, other: Tensor, *, tolerance: float = 1e-5) -> None:
    assert ((one - other).norm() / other.norm()).item() < tolerance
