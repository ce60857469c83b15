"""Completions are sampled here: one decoding loop, exact and the same for any batch.

It is ours because it has to give the log-probabilities of what it sampled, must not be changed by a
model's generation_config, and is faster than `generate`: the n completions of a prompt share its
prefill, the places of finished rows are given to waiting ones, there are as many rows as memory
holds, and tokens are drawn by inverting the distribution function (`torch.multinomial` is slow).

    requests    what is asked for and what comes of it
    drawing     tokens from logits
    cache       keys and values of rows that come and go
    decoding    rows that draw a token at a time
    forward     a model's logits
    recording   a step played again, on a GPU
    memory      how many rows at once
    packing     weights laid out for few rows, on a CPU
    sampler     requests into rows, and on
    engines     this loop or a server, which is checked against it
    server      what such a server is asked
    asking      many questions at a time
"""

from training.sampling.drawing import nucleus, pick
from training.sampling.engines import engine_of
from training.sampling.requests import Request, Sample, Sampling, text_of
from training.sampling.sampler import sample

__all__ = ["Request", "Sample", "Sampling", "engine_of", "nucleus", "pick", "sample", "text_of"]
