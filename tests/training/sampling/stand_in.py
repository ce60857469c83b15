"""A server that answers as vLLM does, over our own sampler."""

import copy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from training import adapters
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
    learns: bool = True  # it takes adapters and weights
    adapters: dict[str, Any] = field(default_factory=dict)  # models by name
    told: list[tuple[str, str]] = field(default_factory=list)  # what it was to do
    weights: str = "default"

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def answer(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        with self.lock:
            if self.key and key != f"Bearer {self.key}":
                return 401, {"error": "Unauthorized"}
            if self.bad_turns:
                return self.bad_turns.pop(0), {"error": "busy"}
            if path == "/v1/models":
                return 200, {"data": [*self.names, *({"id": name} for name in self.adapters)]}
            if path == "/v1/completions":
                return self.complete(body)
            if path == "/weight_info":
                return 200, {"weight_version": self.weights}
            return self.learn(path, body) if self.learns else (404, {"detail": "Not Found"})

    def complete(self, body: dict[str, Any]) -> tuple[int, Any]:
        assert set(body) - {"cache_salt"} == TOLD
        if body["model"] not in {*self.adapters, *(name["id"] for name in self.names)}:
            message = f"The model `{body['model']}` does not exist."
            return 404, {"error": {"message": message, "type": "NotFoundError", "code": 404}}
        self.asked.append(body)
        return 200, {"choices": [self.choice(body)]}

    def learn(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1/load_lora_adapter":
            name, folder = body["lora_name"], Path(body["lora_path"])
            if name in self.adapters:
                return 400, {"error": {"message": "has already been loaded"}}
            model = copy.deepcopy(self.model)
            adapters.load(folder.parent, model)
            self.adapters[name] = model
        elif path == "/v1/unload_lora_adapter":
            name = body["lora_name"]
            del self.adapters[name]
        elif path == "/collective_rpc":
            assert body["method"] == "reload_weights"
            name = body["kwargs"]["weights_path"]
            self.model.load_state_dict(load_file(Path(name) / "model.safetensors"))
        else:
            assert path == "/update_weight_version"
            self.weights = name = body["new_version"]
        self.told.append((path.rpartition("/")[2], name))
        return 200, "Success"  # not JSON

    def choice(self, body: dict[str, Any]) -> dict[str, Any]:
        model = self.adapters.get(body["model"], self.model)
        vocabulary = model.config.vocab_size
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
        [[one]] = sample(model, [request], sampling=sampling, chat=self.chat)
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
            content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
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
