"""TRL's trainer, with the head and the loss on the tokens that have a label, and on no others.

On a GPU TRL's own kernel does that. On a CPU it takes all tokens through the head, prompts and
padding too, twice, and passes over the vocabulary some twenty times.
"""

from typing import Any

import torch
from torch import Tensor
from trl import SFTTrainer

from training.backbone import head_on
from training.sft.packing import IGNORED

AT_ONCE = 16  # tokens whose probabilities lie in a CPU's caches


class LabelTrainer(SFTTrainer):  # type: ignore[misc]  # TRL is not typed
    """Losses, entropy and accuracy are what TRL makes of them."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        here = self.accelerator
        alone = here.num_processes == 1 and not here.is_fsdp2  # the head is not in parts
        if not alone or here.device.type != "cpu" or self.aux_loss_enabled:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels = inputs["labels"][:, 1:]
        row, position = (labels != IGNORED).nonzero(as_tuple=True)
        seen = {name: tensor for name, tensor in inputs.items() if name != "labels"}
        with head_on(here.unwrap_model(model), row, position):
            logits = model(**seen, use_cache=False).logits[0].float()
        logprobs = logits.log_softmax(-1)
        del logits
        told = logprobs.gather(1, labels[row, position][:, None])[:, 0]
        tokens = len(row)
        likeliest = told.detach() >= logprobs.detach().amax(-1)
        metrics = self._metrics["train"]
        metrics["entropy"].append(entropy(logprobs) / max(1, tokens))
        metrics["mean_token_accuracy"].append(int(likeliest.sum()) / max(1, tokens))
        of = tokens if num_items_in_batch is None else num_items_in_batch
        return -told.sum() / torch.as_tensor(of).clamp(min=1)


@torch.no_grad()
def entropy(logprobs: Tensor) -> float:
    """Of distributions (N, V), summed."""
    return -sum(float((part.exp() * part).sum()) for part in logprobs.split(AT_ONCE))
