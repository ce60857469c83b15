"""Tokens per second of our decoding loop and of transformers' `generate`, on one model.

    python -m benchmarks.generation MODEL_FOLDER

Prompts of 48 tokens, 32 new tokens each, sampled at temperature 1; the best of three times.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from training.models import load_policy
from training.sampling import Request, Sampling, sample

PROMPT, NEW, REPEATS = 48, 32, 3
NEVER = -1  # no token ends a completion: every row has the same work


def best(run: Callable[[], Any]) -> float:
    """Seconds."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main(folder: Path) -> None:
    model, chat = load_policy(folder)
    chat.stop_ids = frozenset({NEVER})
    words = chat.completion("The sea is deep and the sky is blue. " * 20, finished=False)
    generator = torch.Generator().manual_seed(0)

    def prompts(count: int) -> list[list[int]]:
        """Different ones, as equal prompts share their prefill."""
        return [
            [
                words[int(place)]
                for place in torch.randint(len(words), (PROMPT,), generator=generator)
            ]
            for _ in range(count)
        ]

    def ours(rows: list[list[int]], each: int) -> None:
        requests = [Request(row, range(each)) for row in rows]
        sampling = Sampling(max_new_tokens=NEW)
        sample(
            model,
            requests,
            sampling=sampling,
            chat=chat,
            batch_size=len(rows) * each,
        )

    def theirs(rows: list[list[int]]) -> None:
        ids = torch.tensor(rows, device=model.device)
        with torch.inference_mode():
            model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                min_new_tokens=NEW,
                max_new_tokens=NEW,
                pad_token_id=chat.pad_id,
            )

    threads = torch.get_num_threads()
    print(f"{folder.name}, {model.dtype}, {threads} threads, torch {torch.__version__}")
    print("| rows | ours, tokens/s | generate, tokens/s | ratio |\n|---|---|---|---|")
    for count in (1, 8, 16, 32):
        rows = prompts(count)
        seconds = best(lambda rows=rows: ours(rows, 1)), best(lambda rows=rows: theirs(rows))
        rates = [count * NEW / second for second in seconds]
        print(f"| {count} | {rates[0]:.0f} | {rates[1]:.0f} | {rates[0] / rates[1]:.2f} |")
    rows = prompts(8)
    shared = best(lambda: ours(rows, 4))
    apart = best(lambda: ours([row for row in rows for _ in range(4)], 1))
    print(f"8 prompts x 4: shared prefill {shared:.2f} s, prefill of each {apart:.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
