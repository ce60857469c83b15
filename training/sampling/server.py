"""A server that speaks OpenAI's completions and knows tokens by their ids, as vLLM does.

It gets prompts as token ids, so no text becomes a control token on its way, and must say which
tokens it drew and how likely each was. What its own files say of sampling is overruled.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.sampling.decoding import cut
from training.sampling.requests import Sample, Sampling

SECONDS = 600  # for one completion; others may wait before it
AGAIN = (1, 4, 15)  # seconds before a question is asked again that found nobody, or too many
RESTART = (30,) * 20  # more of them in the middle of a run: a large model takes minutes to start
BUSY = {408, 429, 500, 502, 503, 504}
UNKNOWN, REFUSED = 404, 500  # 500: of something to be done; of a question it may pass
TOKEN = "token_id:"  # noqa: S105
ENDS = {"stop", "length"}
BIAS = -100.0  # as low as OpenAI's API goes: a chance of e^-100
ROLLOUTS = "rollouts"  # what a server calls the model whose weights a run may change


class UnknownModelError(BadInputError):
    """The server knows no such model or address, as after it was started again."""


@dataclass(frozen=True)
class Server:
    """`url` ends in /v1; `key` may be empty."""

    url: str
    key: str = ""

    def name_of(self, folder: str) -> str | None:
        """By which name it serves the model in `folder`: that path or its last part."""
        path = Path(folder)
        for model in self.models():
            told = [name for name in (model.get("id"), model.get("root")) if name]
            if ROLLOUTS not in told and any(
                name in {folder, str(path.resolve()), path.name} for name in told
            ):
                return str(model["id"])
        return None

    def models(self) -> list[dict[str, Any]]:
        """What it serves, as it says: `id`, and `root`, where that lies."""
        found: list[dict[str, Any]] = self._ask("v1/models").get("data", [])
        return found

    def load_adapter(self, name: str, folder: Path) -> None:
        """Serve the matrices in `folder` beside its model, as `name`."""
        self._tell("v1/load_lora_adapter", {"lora_name": name, "lora_path": str(folder)})

    def unload_adapter(self, name: str) -> None:
        self._tell("v1/unload_lora_adapter", {"lora_name": name})

    def load_weights(self, version: str, folder: Path) -> None:
        """Take the weights in `folder` in the place of those that it has."""
        how = {"method": "reload_weights", "kwargs": {"weights_path": str(folder)}}
        self._tell("collective_rpc", how)
        self._tell("update_weight_version", {"new_version": version})

    def weights(self) -> str:
        """The version of the weights that it took last."""
        return str(self._ask("weight_info").get("weight_version"))

    def complete(
        self,
        name: str,
        prompt: Sequence[int],
        seed: int,
        *,
        sampling: Sampling,
        chat: Chat,
        vocabulary: int,
        stopped: threading.Event,
        salt: str = "",
    ) -> Sample:
        """One completion; `stopped` ends waits. BadInputError where the server fails.

        salt: what it keeps of prompts is not used for those of another salt.
        """
        body = {
            "model": name,
            "prompt": list(prompt),
            "max_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "top_k": 0,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "seed": seed,
            "logprobs": 1,
            "return_token_ids": True,
            "return_tokens_as_token_ids": True,
            "stop_token_ids": sorted(chat.stop_ids),
            "logit_bias": {
                str(token): BIAS for token in range(vocabulary) if token not in chat.drawable
            },
            **({"cache_salt": salt} if salt else {}),
        }
        waits = (*AGAIN, *RESTART)
        answer = self._ask("v1/completions", body, waits=waits, stopped=stopped, read=whole)
        try:
            sample = sample_of(answer["choices"][0], chat)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadInputError(
                say(
                    "the engine at {url} does not say which tokens it drew and how "
                    "likely they were ({error}): use vLLM, or leave RONDO_ENGINE_URL "
                    "empty to sample here",
                    url=self.url,
                    error=error,
                )
            ) from error
        if not sample.finished and len(sample.ids) < sampling.max_new_tokens:
            raise BadInputError(
                say(
                    "the engine at {url} cuts a text after {n} of {max_new_tokens} "
                    "tokens: its context is too short for a prompt of {prompt}. Start it "
                    "with a larger --max-model-len, or without one",
                    url=self.url,
                    n=len(sample.ids),
                    max_new_tokens=sampling.max_new_tokens,
                    prompt=len(prompt),
                )
            )
        return sample

    def _tell(self, what: str, body: Any) -> None:
        """Something that is to be done; what it answers is not always JSON."""
        self._ask(what, body, waits=(*AGAIN, *RESTART), busy=BUSY - {REFUSED}, read=bytes)

    def _ask(
        self,
        what: str,
        body: Any = None,
        *,
        waits: Sequence[float] | None = None,
        busy: Collection[int] = BUSY,
        stopped: threading.Event | None = None,
        read: Callable[[bytes], Any] = json.loads,
    ) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(  # noqa: S310  http or https: a setting of the server
            f"{self.url.rstrip('/').removesuffix('/v1')}/{what}",
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        for wait in (*(AGAIN if waits is None else waits), None):
            try:
                with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
                    return read(reply.read())
            except (OSError, HTTPException, ValueError) as error:
                if wait is None or not is_passing(error, busy):
                    kind = UnknownModelError if is_unknown(error) else BadInputError
                    raise kind(
                        f"the engine at {self.url} does not answer {what} ({told_by(error)}): "
                        "start it, mend RONDO_ENGINE_URL and RONDO_ENGINE_KEY, or leave them empty "
                        "to sample here"
                    ) from error
            if (stopped or threading.Event()).wait(wait):
                break
        raise BadInputError(say("not asked any more"))


def whole(content: bytes) -> Any:
    """An answer in JSON; ConnectionError where the server gave a text up, as when it ends."""
    answer = json.loads(content)
    for choice in answer.get("choices", []):
        if choice.get("finish_reason") not in ENDS:
            raise ConnectionAbortedError(f"a text ended by {choice.get('finish_reason')}")
    return answer


def sample_of(choice: dict[str, Any], chat: Chat) -> Sample:
    """ValueError, KeyError or TypeError where ids or log-probabilities are missing."""
    told = choice["logprobs"]
    ids = choice.get("token_ids")
    if ids is None:
        if not all(token.startswith(TOKEN) for token in told["tokens"]):
            raise ValueError("no token ids")
        ids = [int(token.removeprefix(TOKEN)) for token in told["tokens"]]
    logprobs = [float(logprob) for logprob in told["token_logprobs"]]
    if len(ids) != len(logprobs) or not ids:
        raise ValueError(f"{len(logprobs)} log-probabilities of {len(ids)} tokens")
    sample = cut(ids, logprobs, chat.stop_ids)
    if choice["finish_reason"] == "stop" and not sample.finished:
        raise ValueError(f"a text ends with token {ids[-1]}, which does not end this model's texts")
    return sample


def is_passing(error: Exception, busy: Collection[int]) -> bool:
    """Whether asking again may help."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in busy
    return isinstance(error, (OSError, HTTPException))


def is_unknown(error: Exception) -> bool:
    return isinstance(error, urllib.error.HTTPError) and error.code == UNKNOWN


def told_by(error: Exception) -> str:
    """With what the server says of it."""
    said = ""
    if isinstance(error, urllib.error.HTTPError):
        with error:
            said = error.read(500).decode(errors="replace")
    return " ".join(f"{error} {said}".split())
