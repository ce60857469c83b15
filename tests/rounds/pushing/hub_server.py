"""A small server that takes models as the Hugging Face Hub does, and keeps what came.

Of its API what huggingface_hub asks when it pushes: repositories, files that are there, which are
large, LFS batches, contents, commits.
"""

import base64
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_made_up"


@dataclass
class Hub:
    """What came. refuses: answers 403 to whoever wants a repository."""

    port: int = 0
    refuses: bool = False
    asked: list[str] = field(default_factory=list)
    created: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # of the one repository
    large: dict[str, bytes] = field(default_factory=dict)  # by SHA-256
    commits: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def commit(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.commits.append(value["summary"])
            elif line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.large[value["oid"]]
            elif line["key"] == "deletedFile":
                del self.files[value["path"]]
        oid = f"{len(self.commits):040x}"
        return {"commitUrl": f"{self.url}/cook/model/commit/{oid}", "commitOid": oid}


class Server(ThreadingHTTPServer):
    """The server of a `Hub`, on a port of its own."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hub = hub
        hub.port = self.server_port


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *words: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        hub = self.server.hub
        hub.asked.append(f"GET {self.path.partition('?')[0]}")
        if "/tree/" in self.path:
            self.answer([_entry(name, held) for name, held in hub.files.items()])
        else:
            self.answer({"error": "Repository not found"}, 404, code="RepoNotFound")

    def do_PUT(self) -> None:
        hub = self.server.hub
        hub.asked.append("PUT")
        hub.large[self.path.rpartition("/")[2]] = self.body()
        self.answer({})

    def do_POST(self) -> None:
        hub = self.server.hub
        hub.asked.append(f"POST {self.path}")
        body = self.body()
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer({"error": "Invalid credentials"}, 401)
        elif self.path == "/api/repos/create":
            self.create(json.loads(body))
        elif self.path.endswith("/commit/main"):
            self.answer(hub.commit([json.loads(line) for line in body.splitlines()]))
        elif self.path.endswith("/preupload/main"):
            self.answer({"files": [_mode(each) for each in json.loads(body)["files"]]})
        elif self.path.endswith("/info/lfs/objects/batch"):
            objects = json.loads(body)["objects"]
            self.answer({"transfer": "basic", "objects": [_put(hub, o) for o in objects]})
        else:  # the front matter of a card
            self.answer({})

    def create(self, body: dict[str, Any]) -> None:
        hub = self.server.hub
        url = {"url": f"{hub.url}/{body['organization']}/{body['name']}"}
        if hub.refuses:
            self.answer({"error": "Not your namespace"}, 403)
        elif hub.created:
            self.answer({"error": "There is one", **url}, 409)
        else:
            hub.created.append(body)
            self.answer(url)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def answer(self, body: Any, status: int = 200, code: str = "") -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if code:
            self.send_header("X-Error-Code", code)
        self.end_headers()
        self.wfile.write(content)


def _entry(name: str, held: bytes) -> dict[str, Any]:
    return {"type": "file", "path": name, "size": len(held), "oid": "0" * 40}


def _mode(file: dict[str, Any]) -> dict[str, Any]:
    mode = "lfs" if file["path"].endswith(".safetensors") else "regular"
    return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False}


def _put(hub: Hub, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["oid"] in hub.large:
        return asked
    return {**asked, "actions": {"upload": {"href": f"{hub.url}/large/{asked['oid']}"}}}
