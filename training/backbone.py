"""A decoder's hidden states for rows of tokens, through its own forward, whatever its architecture.

Embeddings, positions, masks and windows are the model's own business. Asked of it is only that a
token sees none that comes after it: then what pads a row on the right needs no mask. What a model
can do beside that is tried, not looked up by its name. Shapes: `training.rows`.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import Any, Self

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from training import adapters
from training.attention import Texts, with_texts
from training.contract.said import say
from training.errors import BadInputError
from training.models import device
from training.trunk import Trunk, layers_of
from training.tuning import Tuning

PROBED_TOKENS = 40
WHOLE = Tuning()
# Two ways of one computation, in fp32 and in half of that; what leaves something out is far off.
TOLERANCE, COARSE = 1e-4, 0.05


class Backbone:
    """A decoder (transformers' base model), what of it learns and how it is computed.

    Copies share what does not learn. BadInputError where `frozen_layers` cannot be had.
    """

    def __init__(self, decoder: Any, tuning: Tuning = WHOLE) -> None:
        self.decoder, self.tuning = decoder, tuning
        self.trunk = Trunk(decoder, tuning.frozen_layers) if tuning.frozen_layers else None
        if self.trunk:
            self._check(self.trunk)
        if tuning.compute == torch.bfloat16 and device().type == "cuda":
            # Heads multiply in TF32 then, which rounds nothing that lies in bf16.
            torch.set_float32_matmul_precision("high")
        if tuning.checkpointing:
            decoder.activation_checkpointing_enable({"use_reentrant": False})

    def states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The last hidden states (B, S, d) of right-padded rows. ids: (B, S); lengths: (B,)."""
        with self.standing(ids, lengths):
            return self._run(ids)

    def shared_states(
        self, ids: Tensor, lengths: Tensor, *, positions: Tensor, mask: Tensor
    ) -> Tensor:
        """The same of rows with several texts each. positions: (B, S); mask: (B, 1, S, S) bool."""
        mask = self.mask_as_taken(mask)
        with self.standing(ids, lengths, positions=positions, mask=mask):
            return self._run(ids, position_ids=positions, attention_mask=mask)

    @contextmanager
    def standing(self, ids: Tensor, lengths: Tensor, **how: Tensor) -> Iterator[None]:
        """Within it the decoder's forward of these rows is as training has it.

        It begins above the layers that are frozen, and is computed in the tuning's precision.
        """
        trunk = self.trunk
        self._checkpoint(torch.is_grad_enabled())
        with (
            self.autocast(),
            trunk.standing_in(self.decoder, ids, lengths, **how) if trunk else nullcontext(),
        ):
            yield

    def autocast(self) -> torch.autocast:
        """Within it products are computed in the tuning's precision."""
        return self.tuning.autocast(self.decoder.device.type)

    def sampling(self) -> torch.autocast:
        """Within it tokens are drawn."""
        return self.tuning.sampling(self.decoder.device.type)

    def tune(self, model: Any) -> None:
        """Where the tuning says so, let matrices learn beside `model`, over this decoder.

        Those that are there already stay as they are.
        """
        tuning = self.tuning
        if tuning.lora_rank and not adapters.has(model):
            adapters.add(
                model, rank=tuning.lora_rank, seed=tuning.seed, frozen_layers=tuning.frozen_layers
            )

    def adopt(self, other: Self) -> None:
        """Use the frozen layers of `other` where both are equal to the bit: one copy in memory."""
        if self.trunk and other.trunk and self.trunk.is_like(other.trunk):
            self.trunk.use(other.trunk)
            self.trunk = other.trunk

    @cached_property
    def window(self) -> int | None:
        """How many tokens the shortest-sighted of its layers sees; None for all."""
        layers = DynamicCache(config=self.decoder.config).layers
        windows = [getattr(layer, "sliding_window", None) for layer in layers]
        return min((window for window in windows if window is not None), default=None)

    @cached_property
    def shares_prompts(self) -> bool:
        """Whether texts that share a row and a prompt get the states that each gets alone."""
        return self._shares(prompt=PROBED_TOKENS // 4)

    def probe(self) -> bool:
        """Try it now: once a model lies in parts, its decoder is computed within it alone."""
        return self.shares_prompts

    def shares_prompts_of(self, longest: int) -> bool:
        """Whether it does so where the longest text, with its prompt, has so many tokens."""
        return self.shares_prompts and (self.window is None or longest <= self.window)

    @cached_property
    def shares_rows(self) -> bool:
        """Whether texts that share nothing but a row do."""
        return self._shares(prompt=0)

    def _shares(self, *, prompt: int) -> bool:
        ids = self._probe()
        start, middle, end = prompt, PROBED_TOKENS // 2, PROBED_TOKENS
        positions = torch.arange(end, device=ids.device)[None].clone()
        positions[:, middle:] -= middle - start  # two texts after one prompt
        mask = torch.ones(end, end, dtype=torch.bool, device=ids.device).tril()
        mask[middle:, start:middle] = False
        asked = mask[None, None]
        if prompt:
            lengths = [[middle - start, end - middle]]
            asked = with_texts(asked, Texts.of([prompt], lengths, width=end, device=ids.device))
        second = torch.cat([ids[:, :start], ids[:, middle:]], dim=1)
        with torch.no_grad():
            alone = self._run(second)[:, start:]
            try:
                shared = self._run(
                    ids, position_ids=positions, attention_mask=self.mask_as_taken(asked)
                )
            except (TypeError, ValueError, RuntimeError, IndexError):  # it takes no such mask
                return False
        return near(shared[:, middle:], alone)

    def _checkpoint(self, needed: bool) -> None:
        """Layers that keep no activations think that they train, and then take no cache."""
        if self.tuning.checkpointing:
            for layer in layers_of(self.decoder)[self.tuning.frozen_layers :]:
                layer.training = needed

    @torch.no_grad()
    def _check(self, trunk: Trunk) -> None:
        """In the precision of the weights, whatever training computes in: two ways, one result."""
        ids = self._probe()
        whole = self._run(ids)
        with trunk.standing_in(self.decoder, ids, torch.tensor([PROBED_TOKENS])):
            above = self._run(ids)
        if not near(above, whole):
            name = type(self.decoder).__name__
            raise BadInputError(
                say("the lowest layers of {name} cannot be frozen; freeze none", name=name)
            )

    def _probe(self) -> Tensor:
        """(1, PROBED_TOKENS) token ids, some of any vocabulary."""
        table = self.decoder.get_input_embeddings()
        ids = torch.arange(1, 1 + PROBED_TOKENS, device=table.weight.device)
        probe: Tensor = ids[None] % table.num_embeddings
        return probe

    def mask_as_taken(self, mask: Tensor) -> Tensor:
        """A mask (B, 1, S, S) bool as the decoder takes it: plain attention adds it to scores."""
        if self.decoder.config._attn_implementation != "eager":
            return mask
        dtype = self.decoder.dtype
        return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, torch.finfo(dtype).min)

    def _run(self, ids: Tensor, **how: Tensor) -> Tensor:
        states: Tensor = self.decoder(input_ids=ids, use_cache=False, **how).last_hidden_state
        return states


def twin(module: Any) -> Any:
    """A copy that shares the frozen parameters and has its own of the others."""
    shared: dict[int, Any] = {id(p): p for p in module.parameters() if not p.requires_grad}
    return copy.deepcopy(module, shared)


def near(one: Tensor, other: Tensor) -> bool:
    """Whether two computations of the same states agree as far as their precision goes."""
    gap = (one.float() - other.float()).abs().max() / other.float().abs().max()
    return bool(gap < (TOLERANCE if one.dtype in {torch.float32, torch.float64} else COARSE))


@contextmanager
def head_on(model: Any, row: Tensor, position: Tensor) -> Iterator[None]:
    """Within it the language model head of `model` sees these N states alone, as (1, N, d).

    So what an architecture does to its logits is done, and not to V numbers for each prompt token.
    """

    def pick(_: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (args[0][row, position][None], *args[1:])

    handle = model.get_output_embeddings().register_forward_pre_hook(pick)
    try:
        yield
    finally:
        handle.remove()
