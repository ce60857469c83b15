"""How many rows are sampled at once: as many as memory holds."""

import torch
from transformers import DynamicCache, PreTrainedModel

from training.sampling.requests import Sampling

# Of a GPU's memory that is free now; the rest is for activations and for what does not fit exactly.
SHARE = 0.5
# On a CPU the same each time, whatever else runs: batches of other sizes round differently.
CPU_BYTES = 2**29
# Logits, their softmax, its sum and the like, in fp32, for each token of the vocabulary; with
# top_p they are sorted as well.
BYTES_A_LOGIT, SORTED = 24, 32
# On a CPU, of weights that lie there a second time while it samples (`training.sampling.packing`).
PACKED_BYTES = 2**31


def rows_that_fit(model: PreTrainedModel, *, tokens: int, sampling: Sampling) -> int:
    """At least 1. tokens: columns that are kept for each row."""
    vocabulary: int = model.config.get_text_config(decoder=True).vocab_size
    logits = vocabulary * (BYTES_A_LOGIT + (SORTED if sampling.top_p < 1 else 0))
    return max(1, budget(model.device) // (tokens * bytes_a_token(model) + logits))


def budget(device: torch.device) -> int:
    """Bytes that sampling may take."""
    if device.type != "cuda":
        return CPU_BYTES
    free, _ = torch.cuda.mem_get_info(device)
    held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(SHARE * (free + held))


@torch.inference_mode()
def bytes_a_token(model: PreTrainedModel) -> int:
    """Of keys and values in all layers, seen on one token."""
    cache = DynamicCache(config=model.config)
    model(
        input_ids=torch.zeros(1, 1, dtype=torch.long, device=model.device),
        past_key_values=cache,
        use_cache=True,
    )
    tensors = [
        tensor
        for layer in cache.layers
        for tensor in (getattr(layer, "keys", None), getattr(layer, "values", None))
        if tensor is not None
    ]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
