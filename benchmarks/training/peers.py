"""The other side: TRL's trainers and transformers' `generate`, set as fast as they go here.

Activations are kept, not computed twice; attention is torch's fused one; bf16 where it is asked
for. PPO is TRL 1.12's, the last release that has it.
"""

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, TrainerCallback

from benchmarks.training.material import Texts
from benchmarks.training.ours import Found, Told, tokens_of
from benchmarks.training.sizes import Sizes
from benchmarks.training.timing import best_of, now
from training.chat import Chat
from training.models import load_chat, load_policy


class Clock(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """When training began and each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.began: list[float] = []

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.began.append(now())

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.ends.append(now())

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.ends.append(now())


def common(told: Told) -> dict[str, Any]:
    """Settings of any of transformers' trainers."""
    cuda = told["device"] == "cuda"
    return {
        "output_dir": f"{told['scratch']}/trl",
        "use_cpu": not cuda,
        "bf16": told["dtype"] == "bfloat16",
        "gradient_checkpointing": False,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "logging_steps": 1,
        "dataloader_pin_memory": cuda,
    }


def classifier(folder: str, chat: Chat) -> Any:
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=1, dtype=torch.float32, attn_implementation="sdpa"
    )
    model.config.pad_token_id = chat.pad_id
    return model


def policy(folder: str) -> Any:
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa"
    )


def reward(told: Told, sizes: Sizes) -> Found:
    """RewardTrainer on all pairs of the rankings; a step has the same rankings as ours."""
    from trl import RewardConfig, RewardTrainer

    k, chat = told["k"], load_chat(Path(told["model"]))
    count = dict(sizes.rankings)[k]
    pairs = [
        {"chosen_ids": prompt + better, "rejected_ids": prompt + worse}
        for row in Texts(chat).rankings(count * sizes.reward_steps, k, sizes)
        for prompt in [chat.prompt(row["messages"])]
        for better, worse in combinations([chat.completion(t, True) for t in row["completions"]], 2)
    ]
    a_step = len(pairs) // sizes.reward_steps
    at_once = next(n for n in range(sizes.pairs_at_once, 0, -1) if a_step % n == 0)
    clock = Clock()
    trainer = RewardTrainer(
        model=classifier(told["model"], chat),
        args=RewardConfig(
            max_steps=sizes.reward_steps,
            per_device_train_batch_size=at_once,
            gradient_accumulation_steps=a_step // at_once,
            max_length=None,
            learning_rate=9e-6,
            **common(told),
        ),
        train_dataset=Dataset.from_list(pairs),
        processing_class=chat.tokenizer,
        callbacks=[clock],
    )
    trainer.train()
    steps = [end - began for began, end in zip(clock.began, clock.ends[1:], strict=True)]
    return {"seconds": min(steps[1:]), "rankings": count}


def ppo(told: Told, sizes: Sizes) -> Found:
    """TRL's experimental PPOTrainer; a step is from its end to the next one's."""
    from trl.experimental.ppo import PPOConfig, PPOTrainer

    chat = load_chat(Path(told["model"]))
    tokenizer = chat.tokenizer
    tokenizer.padding_side = "left"
    count, steps = sizes.rollouts, sizes.ppo_steps
    rows = Texts(chat).prompts(count * steps, sizes.rollout_prompt)
    clock = Clock()
    settings = {name: value for name, value in common(told).items() if name != "bf16"}
    trainer = PPOTrainer(
        args=PPOConfig(
            total_episodes=count * steps,
            per_device_train_batch_size=count,
            gradient_accumulation_steps=1,
            num_mini_batches=1,
            num_ppo_epochs=sizes.ppo_epochs,
            local_rollout_forward_batch_size=count,
            num_sample_generations=0,
            response_length=sizes.rollout_new,
            temperature=1.0,
            learning_rate=1e-6,
            **settings,
        ),
        processing_class=tokenizer,
        model=policy(told["model"]),
        ref_model=policy(told["model"]),
        reward_model=classifier(told["reward_model"], chat),
        value_model=classifier(told["reward_model"], chat),
        train_dataset=Dataset.from_list(
            [{"input_ids": chat.prompt(row["messages"])} for row in rows]
        ),
        callbacks=[clock],
    )
    trainer.train()
    spent = [end - before for before, end in pairwise(clock.ends)]
    return {"seconds": min(spent[1:]), "rollouts": count}


def generation(told: Told, sizes: Sizes) -> Found:
    """`generate` of the same model, exactly so many tokens."""
    model, chat = load_policy(told["model"], dtype=getattr(torch, told["dtype"]))
    prompt = chat.prompt(Texts(chat).prompt(sizes.shared_prompt))
    ids = torch.tensor([prompt], device=model.device)

    def run() -> None:
        with torch.inference_mode():
            model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                num_return_sequences=sizes.each,
                min_new_tokens=sizes.new,
                max_new_tokens=sizes.new,
                pad_token_id=chat.pad_id,
            )

    return {"seconds": best_of(sizes.repeats, run), "tokens": sizes.each * sizes.new}


def sft(told: Told, sizes: Sizes) -> Found:
    """SFTTrainer with packing, rows of a step at once; the second of two epochs."""
    from trl import SFTConfig, SFTTrainer

    chat = load_chat(Path(told["model"]))
    rows = Texts(chat).demonstrations(sizes)
    encoded = [(chat.prompt(r["messages"]), chat.completion(r["completion"], True)) for r in rows]
    examples = [{"input_ids": p + c, "labels": [-100] * len(p) + c} for p, c in encoded]
    tokens = tokens_of(chat, rows)
    share = sizes.demonstrations_a_step / sizes.demonstrations
    clock = Clock()
    trainer = SFTTrainer(
        model=policy(told["model"]),
        args=SFTConfig(
            packing=True,
            max_length=sizes.row,
            num_train_epochs=2,
            per_device_train_batch_size=max(1, round(tokens * share / sizes.row)),
            learning_rate=1e-5,
            **common(told),
        ),
        train_dataset=Dataset.from_list(examples),
        processing_class=chat.tokenizer,
        callbacks=[clock],
    )
    trainer.train()
    half = len(clock.began) // 2
    return {"seconds": clock.ends[-1] - clock.ends[half], "tokens": tokens}


SIDE = {"reward": reward, "ppo": ppo, "generation": generation, "sft": sft}
