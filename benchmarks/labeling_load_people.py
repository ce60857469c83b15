"""Annotators over HTTP whose connections are cut and whose answers arrive twice."""

import http.client
import json
import random
import re
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
DATA = re.compile(r'<script id="work-data" type="application/json">(.*?)</script>', re.DOTALL)


class Connection:
    """One person's browser: a session and a CSRF cookie over kept-alive HTTP."""

    def __init__(self, url: str, session: str) -> None:
        parts = urlsplit(url)
        if parts.hostname not in LOOPBACK:
            raise SystemExit(f"{parts.hostname} is not this machine: load goes to loopback only")
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.cookies = {"sessionid": session}
        self.http: http.client.HTTPConnection | None = None
        self.seconds: dict[str, list[float]] = {}

    def send(
        self, name: str, method: str, path: str, body: Any = None, *, cut: bool = False
    ) -> tuple[int, str, str]:
        """(status, text, location); status 0 when the connection was cut on purpose."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = headers["Accept"] = "application/json"
            headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        start = time.perf_counter()
        if self.http is None:
            self.http = http.client.HTTPConnection(self.host, self.port, timeout=60)
        self.http.request(method, path, json.dumps(body) if body is not None else None, headers)
        if cut:
            self.close()
            return 0, "", ""
        response = self.http.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name_, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name_] = value
        if response.will_close:
            self.close()
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)
        return response.status, text, response.headers.get("Location") or ""

    def close(self) -> None:
        """Hang up."""
        if self.http is not None:
            self.http.close()
            self.http = None

    def twin(self) -> "Connection":
        """A second connection of the same person."""
        other = Connection.__new__(Connection)
        other.host, other.port, other.http = self.host, self.port, None
        other.cookies, other.seconds = dict(self.cookies), {}
        return other


@dataclass
class Annotator:
    """One simulated person."""

    connection: Connection
    slug: str
    chance: random.Random
    think: float
    acknowledged: list[tuple[int, str]] = field(default_factory=list)  # annotation, client key
    counts: Counter[str] = field(default_factory=Counter)

    def work(self, until: float) -> None:
        """Label until the time is up or nothing is left."""
        path = f"/projects/{self.slug}/label/"
        try:
            while time.monotonic() < until:
                status, text, location = self.connection.send("page", "GET", path)
                if status == 302:
                    path = location
                    continue
                found = DATA.search(text)
                if status != 200 or found is None:
                    self.counts["nothing left" if status == 200 else f"page {status}"] += 1
                    time.sleep(0.2)
                    path = f"/projects/{self.slug}/label/"
                    continue
                path = self.answer(json.loads(found[1]))
        except Exception as error:
            self.counts[f"crash: {error!r}"] += 1
        finally:
            self.connection.close()

    def answer(self, data: dict[str, Any]) -> str:
        """Draft and submit, or skip; the address that comes next."""
        version = data["version"]
        text = f"answer {uuid.uuid4()}"
        for n in range(self.chance.randint(0, 2)):
            self.pause()
            draft = {"draft": {"text": f"{text} {n}"}, "version": version, "active_seconds": n}
            status, answer, _ = self.connection.send("draft", "POST", data["draft_url"], draft)
            self.counts[f"draft {status}"] += 1
            version = json.loads(answer)["version"]
        self.pause()
        body = {
            "body": {"text": text},
            "client_key": data["client_key"],
            "active_seconds": 3,
            "guideline_version": data["guideline_version"],
        }
        manner = self.chance.random()
        if manner < 0.1:  # Enter pressed twice
            with ThreadPoolExecutor(2) as pool:
                twins = [self.connection.twin(), self.connection.twin()]
                jobs = [pool.submit(self.submit, data, body, twin) for twin in twins]
            self.counts["sent twice"] += 1
            return [job.result() for job in jobs][-1]
        if manner < 0.2:  # the connection breaks, the page tries again
            self.connection.send("cut", "POST", data["submit_url"], body, cut=True)
            self.counts["connection cut"] += 1
        return self.submit(data, body, self.connection)

    def submit(self, data: dict[str, Any], body: dict[str, Any], connection: Connection) -> str:
        """Send the answer and note what was acknowledged."""
        status, text, _ = connection.send("submit", "POST", data["submit_url"], body)
        self.counts[f"submit {status}"] += 1
        if connection is not self.connection:
            connection.close()
        if status != 201:
            return f"/projects/{self.slug}/label/"
        answer = json.loads(text)
        self.acknowledged.append((answer["annotation"], body["client_key"]))
        return str(answer["next"])

    def pause(self) -> None:
        """Read and think."""
        time.sleep(self.chance.random() * 2 * self.think)
