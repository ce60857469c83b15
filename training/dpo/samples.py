"""What the policy writes for held-out prompts: to be looked at, and to tell how far it went."""

from dataclasses import dataclass
from typing import Any

import torch

from training import losses
from training.chat import Chat
from training.dpo.spec import DPOSpec
from training.dpo.texts import token_logprobs
from training.folder import JobFolder, Row
from training.policy import Policy
from training.processes import seed_of
from training.rows import Rows
from training.sampling import Request, Sample, Sampling, sample, text_of
from training.sharding import gathered

SHOWN = 4


@dataclass(frozen=True)
class Writer:
    """Completes the same prompts with the same random numbers each time. prompts: with `ids`."""

    folder: JobFolder
    spec: DPOSpec
    chat: Chat
    prompts: list[Row]

    def write(self, policy: Policy, prompts: list[Row]) -> list[Sample]:
        """One text for each prompt, as the policy is now."""
        seeds = [seed_of(self.spec.seed, "shown", place) for place in range(len(prompts))]
        with gathered(policy), policy.backbone.sampling():
            written = sample(
                policy.model,
                [Request(row["ids"], [one]) for row, one in zip(prompts, seeds, strict=True)],
                sampling=Sampling(
                    max_new_tokens=self.spec.max_new_tokens, temperature=self.spec.temperature
                ),
                chat=self.chat,
                log=self.folder.warn,
            )
        return [one for (one,) in written]

    def show(self, policy: Policy, step: int) -> None:
        """Texts of a few prompts, for the run page."""
        if shown := self.prompts[:SHOWN]:
            self._tell(step, self.write(policy, shown))

    def _tell(self, step: int, texts: list[Sample]) -> None:
        self.folder.sample(
            step,
            [
                {
                    "prompt_id": row["prompt_id"],
                    "prompt": row["messages"][-1]["content"],
                    "text": text_of(one, self.chat),
                    "reward": None,
                }
                for row, one in zip(self.prompts, texts, strict=False)
            ],
        )

    @torch.no_grad()
    def measure(self, policy: Policy, reference: Policy, step: int) -> dict[str, Any]:
        """How far the policy is from the reference, on texts of its own for all prompts."""
        if not self.prompts:
            names = ("kl", "kl_k3", "length", "eos_rate")
            return {"samples": 0, **dict.fromkeys(names)}
        texts = self.write(policy, self.prompts)
        self._tell(step, texts[:SHOWN])
        rows = Rows.of(
            [row["ids"] for row in self.prompts],
            [one.ids for one in texts],
            pad_id=self.chat.pad_id,
            device=policy.model.device,
        )
        logprobs: list[torch.Tensor] = []
        ref_logprobs: list[torch.Tensor] = []
        for index in torch.arange(len(rows)).split(SHOWN):
            part, width = rows.select(index.to(rows.ids.device)), rows.response_mask().shape[1]
            for model, found in ((policy, logprobs), (reference, ref_logprobs)):
                each = token_logprobs(model, part, temperature=self.spec.temperature)
                found.append(torch.nn.functional.pad(each, (0, width - each.shape[1])))
        own, first = torch.cat(logprobs), torch.cat(ref_logprobs)
        return {
            "samples": len(texts),
            "kl": losses.kl_k1(own, first).sum(1).mean().item(),
            "kl_k3": losses.kl_k3(own, first).sum(1).mean().item(),
            "length": rows.response_lengths.float().mean().item(),
            "eos_rate": sum(one.finished for one in texts) / len(texts),
        }
