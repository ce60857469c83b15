"""How much is measured: texts, batches and steps."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Tokens of texts; rankings, rollouts and demonstrations a step; steps, of which one warms up.

    rankings and reward_steps: by K, how many completions a ranking has.
    """

    shape: str = "smollm2"  # of the random model
    prompt: int = 128
    completion: int = 64
    rankings: tuple[tuple[int, int], ...] = ((4, 8), (9, 4))  # 8 are the preset's for CPUs
    reward_steps: int = 3
    pairs_at_once: int = 8  # of the peer's micro-batch
    shared_prompt: int = 256  # of generation
    each: int = 9
    new: int = 64
    repeats: int = 3
    rollouts: int = 16
    rollout_prompt: int = 48
    rollout_new: int = 48
    ppo_epochs: int = 4
    ppo_steps: int = 3
    demonstrations: int = 64
    demonstrations_a_step: int = 32
    shortest: int = 24  # of a demonstration's completion
    longest: int = 160
    row: int = 1024  # of the peer's packing
    lora_rank: int = 16


CPU = Sizes()
CUDA = replace(
    CPU, rankings=((4, 32), (9, 16)), reward_steps=5, ppo_steps=5, demonstrations=512, repeats=5
)
TINY = Sizes(
    shape="tiny",
    prompt=48,
    completion=6,
    rankings=((4, 2),),
    reward_steps=2,
    pairs_at_once=4,
    shared_prompt=40,
    each=3,
    new=4,
    repeats=1,
    rollouts=4,
    rollout_prompt=32,
    rollout_new=4,
    ppo_epochs=2,
    ppo_steps=2,
    demonstrations=8,
    demonstrations_a_step=4,
    shortest=4,
    longest=12,
    row=128,
    lora_rank=2,
)


def of(device: str, *, tiny: bool) -> Sizes:
    return TINY if tiny else CUDA if device == "cuda" else CPU
