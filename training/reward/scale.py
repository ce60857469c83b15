"""What a score of 1 means: gain and bias of a trained reward model.

The reward model's loss knows no prompt's offset, and PPO cannot change it either: so the gain is
measured within prompts, on texts that the reference writes now. Where there are no prompts to ask,
it is the spread of the texts that were ranked last, of all prompts together.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from training.chat import Chat
from training.contract.said import say
from training.demonstrations import Encoded
from training.folder import JobFolder
from training.models import load_policy
from training.processes import Alone, seed_of
from training.prompts import fitting
from training.rankings import Ranking, newest
from training.reward.spec import RewardSpec
from training.reward_model import RewardModel
from training.sampling import Request, Sampling, sample
from training.scoring import raw_rewards, score_tokens

SMALLEST_SPREAD = 0.01  # of raw rewards, whose differences are log-odds: a twentieth is nothing
SCALE_SAMPLES = 512  # texts that gain and bias are measured on, at most

Texts = list[list[Encoded]]  # of each prompt several


def written_now(
    folder: JobFolder, spec: RewardSpec, chat: Chat, processes: Alone | None = None
) -> Texts:
    """What the reference, PPO's starting point, writes for the prompts to ask; or nothing.

    Processes that hold parts of the reward model share the prompts.
    """
    rows = folder.read_table(spec, "prompts")
    if not rows or spec.scale_texts < 2:
        return []
    processes = processes if processes and processes.shards else Alone()
    policy, written_by = load_policy(spec.reference or spec.model)
    if written_by.template_hash != chat.template_hash:
        folder.warn(
            say("PPO's reference writes conversations differently: the ranked texts set gain")
        )
        return []
    room = min(policy.config.max_position_embeddings, spec.max_tokens) - spec.max_new_tokens
    fit, _ = fitting(folder, rows, chat, room=room)
    asked = fit[processes.rank :: processes.count]
    numbers = range(spec.scale_texts)
    seeds = [[seed_of(spec.seed, "scale", p["prompt_id"], n) for n in numbers] for p in asked]
    drawn = sample(
        policy,
        [Request(prompt["ids"], own) for prompt, own in zip(asked, seeds, strict=True)],
        sampling=Sampling(max_new_tokens=spec.max_new_tokens, temperature=spec.temperature),
        chat=written_by,
        check_stop=folder.check_stop,
        log=folder.warn,
    )
    return processes.together(
        [
            [(prompt["ids"], chat.closed(one.ids)) for one in some]
            for prompt, some in zip(asked, drawn, strict=True)
        ]
    )


def normalise(
    model: RewardModel,
    chat: Chat,
    rankings: Sequence[Ranking],
    demonstrations: Sequence[Encoded],
    texts: Texts | None = None,
) -> float:
    """Give `texts` sd 1 within their prompts, or else the completions that were ranked last sd 1
    over all; and the demonstrations mean 0, or else those samples.

    Returns the sd of the raw rewards; one below SMALLEST_SPREAD is noise, and is not blown up.
    """
    model.set_scale(gain=1.0, bias=0.0)
    if texts:
        samples = scores(model, chat, [one for some in texts for one in some])
        spread = within(samples.split([len(some) for some in texts]))
    else:
        few = newest(rankings, completions=SCALE_SAMPLES)
        raw = raw_rewards(model, few, pad_id=chat.pad_id)
        samples = torch.tensor([reward for row in raw for reward in row])
        spread = float(samples.std(correction=0))
    centre = samples
    if shown := demonstrations[:SCALE_SAMPLES]:
        centre = scores(model, chat, shown)
    gain = 1.0 / max(spread, SMALLEST_SPREAD)
    model.set_scale(gain=gain, bias=-gain * float(centre.mean()))
    return spread


def scores(model: RewardModel, chat: Chat, texts: Sequence[Encoded]) -> Tensor:
    """(N,), by the gain and bias that the model has."""
    prompts, ends = [prompt for prompt, _ in texts], [text for _, text in texts]
    return torch.tensor(score_tokens(model, prompts, ends, pad_id=chat.pad_id))


def within(rewards: Sequence[Tensor]) -> float:
    """The sd within a prompt: the root of the mean of the prompts' variances, each unbiased."""
    return float(torch.stack([own.double().var(correction=1) for own in rewards]).mean().sqrt())
