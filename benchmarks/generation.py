"""K completions of each prompt by our sampler and by transformers' `generate`, on the same model.

    python -m benchmarks.generation [--device cuda] [--dtype bfloat16] [--prompts 1] [--each 9]
                                    [--prompt 256] [--new 32] [--model FOLDER] [--sync] [--eager]

Without a folder the model has SmolLM2-135M's shape and random weights. No token ends a completion,
so that both have the same work; both are warm, take turns, and the best of three times counts. The
last line is JSON: seconds, tokens a second, peak memory on a GPU, and the peer's seconds over ours.
`--sync` counts where our sampler makes the host wait for the GPU, `--eager` records no step.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedModel

from training import tiny
from training.chat import Chat
from training.models import load_policy
from training.sampling import Request, Sampling, decoding, sample

REPEATS = 3
NEVER = -1
CONTROLS = 17  # SmolLM2's tokens that an answer may not hold
SHAPE: dict[str, Any] = {
    "vocab_size": 49152,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "max_position_embeddings": 8192,
    "rope_theta": 100000.0,
    "tie_word_embeddings": True,
}


def random_model(device: str, dtype: torch.dtype) -> tuple[PreTrainedModel, Chat]:
    torch.manual_seed(0)
    chat = Chat(tiny.tokenizer())
    chat.__dict__["drawable"] = frozenset(range(CONTROLS, SHAPE["vocab_size"]))
    model = AutoModelForCausalLM.from_config(
        LlamaConfig(**SHAPE), attn_implementation="sdpa", dtype=dtype
    )
    return model.to(device).eval(), chat


def measured(run: Callable[[], Any], device: str) -> tuple[float, float]:
    """Seconds, and the peak of GPU memory in MB."""
    if device != "cuda":
        began = time.perf_counter()
        run()
        return time.perf_counter() - began, 0.0
    torch.cuda.reset_peak_memory_stats()
    torch.cuda.synchronize()
    began = time.perf_counter()
    run()
    torch.cuda.synchronize()
    return time.perf_counter() - began, torch.cuda.max_memory_allocated() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--prompts", type=int, default=1)
    parser.add_argument("--each", type=int, default=9)
    parser.add_argument("--prompt", type=int, default=256)
    parser.add_argument("--new", type=int, default=32)
    parser.add_argument("--sync", action="store_true")
    parser.add_argument("--eager", action="store_true")
    given = parser.parse_args()
    dtype = getattr(torch, given.dtype)
    if given.eager:
        decoding.RECORDED.clear()
    if given.model:
        model, chat = load_policy(given.model, dtype=dtype)
    else:
        model, chat = random_model(given.device, dtype)
    chat.stop_ids = frozenset({NEVER})
    generator = torch.Generator().manual_seed(0)
    prompts = torch.randint(CONTROLS, 1000, (given.prompts, given.prompt), generator=generator)

    def ours() -> None:
        requests = [Request(row.tolist(), range(given.each)) for row in prompts]
        sample(model, requests, sampling=Sampling(max_new_tokens=given.new), chat=chat)

    @torch.inference_mode()
    def theirs() -> None:
        ids = prompts.to(model.device)
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            num_return_sequences=given.each,
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            eos_token_id=None,
            min_new_tokens=given.new,
            max_new_tokens=given.new,
            pad_token_id=chat.pad_id,
        )

    runs = {"ours": ours, "generate": theirs}
    for run in runs.values():
        run()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(REPEATS):
        for name, run in runs.items():
            found[name].append(measured(run, given.device))
    best = {name: min(times) for name, times in found.items()}
    tokens = given.prompts * given.each * given.new
    result: dict[str, Any] = {
        "device": torch.cuda.get_device_name() if given.device == "cuda" else "cpu",
        "dtype": given.dtype,
        "threads": torch.get_num_threads(),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "prompts": given.prompts,
        "each": given.each,
        "prompt_tokens": given.prompt,
        "new_tokens": given.new,
        "ours_s": round(best["ours"][0], 3),
        "peer_s": round(best["generate"][0], 3),
        "ours_tokens_s": round(tokens / best["ours"][0]),
        "peer_tokens_s": round(tokens / best["generate"][0]),
        "ratio": round(best["generate"][0] / best["ours"][0], 2),
    }
    if given.device == "cuda":
        result |= {
            "ours_mb": round(max(mb for _, mb in found["ours"])),
            "peer_mb": round(max(mb for _, mb in found["generate"])),
        }
    if given.sync and given.device == "cuda":
        torch.cuda.set_sync_debug_mode("warn")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ours()
        torch.cuda.set_sync_debug_mode("default")
        result["waits"] = sum("synchroniz" in str(one.message) for one in caught)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
