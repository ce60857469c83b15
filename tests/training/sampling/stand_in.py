"""A server that answers as vLLM does, over our own sampler."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from training.sampling import Request, Sampling, sample

# Left to a server, its files decide.
TOLD = {
    "model", "prompt", "max_tokens", "temperature", "top_p", "top_k", "min_p", "seed", "logprobs",
    "repetition_penalty", "presence_penalty", "frequency_penalty", "return_token_ids",
    "return_tokens_as_token_ids", "stop_token_ids", "logit_bias",
}  # fmt: skip


@dataclass
class StandIn:
    """What it serves, how it errs, and what it was asked."""

    model: Any
    chat: Any
    names: list[dict[str, str]]
    key: str = ""
    fields: tuple[str, ...] = ("token_ids", "tokens", "token_logprobs")  # that it knows
    bad_turns: list[int] = field(default_factory=list)  # statuses of the first answers
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def answer(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        with self.lock:
            if self.key and key != f"Bearer {self.key}":
                return 401, {"error": "Unauthorized"}
            if self.bad_turns:
                return self.bad_turns.pop(0), {"error": "busy"}
            if path == "/v1/models":
                return 200, {"data": self.names}
            assert path == "/v1/completions"
            assert set(body) == TOLD
            self.asked.append(body)
            return 200, {"choices": [self.choice(body)]}

    def choice(self, body: dict[str, Any]) -> dict[str, Any]:
        vocabulary = self.model.config.vocab_size
        silent = {str(token) for token in range(vocabulary) if token not in self.chat.drawable}
        assert body["logit_bias"].keys() == silent
        assert set(body["logit_bias"].values()) == {-100}
        assert set(body["stop_token_ids"]) == self.chat.stop_ids
        sampling = Sampling(
            max_new_tokens=body["max_tokens"],
            temperature=body["temperature"],
            top_p=body["top_p"],
        )
        request = Request(body["prompt"], [body["seed"]])
        [[one]] = sample(self.model, [request], sampling=sampling, chat=self.chat)
        told = {
            "tokens": [f"token_id:{token}" for token in one.ids],
            "token_logprobs": one.logprobs,
        }
        return {
            "text": self.chat.decode(one.ids),
            "finish_reason": "stop" if one.finished else "length",
            "logprobs": {name: value for name, value in told.items() if name in self.fields},
            **({"token_ids": one.ids} if "token_ids" in self.fields else {}),
        }


@contextmanager
def served(model: Any, chat: Any, *names: dict[str, str], **how: Any) -> Iterator[StandIn]:
    """It answers within the block."""
    stand_in = StandIn(model, chat, list(names), **how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(None)

        def do_POST(self) -> None:
            self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def reply(self, body: Any) -> None:
            key = self.headers.get("Authorization", "")
            status, answer = stand_in.answer(self.path, body, key)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    stand_in.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    try:
        yield stand_in
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
