"""Downloads to a file: resumed where the connection broke, checked, and whole or not there."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from rondo_client.errors import AnswerError, ApiError, ChecksumError, UnreachableError
from rondo_client.progress import Progress
from rondo_client.transport import Transport

NOTHING_LEFT = 416


@dataclass(frozen=True)
class Part:
    """What is known of a download that has begun. etag: "" where the server gives none."""

    address: str
    etag: str
    sha256: str
    total: int | None


class Download:
    """One file on its way to `target`; until it is whole it is `target` with `.part` behind."""

    def __init__(
        self,
        transport: Transport,
        path: str,
        target: Path,
        *,
        params: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._transport, self._path, self._params = transport, path, params
        self._target = target
        self._progress = progress or (lambda done, total: None)
        self._partial = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    def run(self) -> Path:
        """The file, once it is whole. What an earlier call had of it is not asked for again."""
        self._target.parent.mkdir(parents=True, exist_ok=True)
        tried = 0
        while True:
            began = self._size()
            try:
                part = self._receive()
                break
            except httpx.TransportError as error:
                tried = 1 if self._size() > began else tried + 1
                wait = self._transport.retrying.wait_after(tried, None)
                if wait is None:
                    raise UnreachableError(
                        f"The connection broke {tried} times. Run the same again: what is there"
                        " already is not asked for again where the server can resume."
                    ) from error
                self._transport.retrying.sleep(wait)
        self._check(part)
        self._partial.replace(self._target)
        self._note.unlink(missing_ok=True)
        return self._target

    def _receive(self) -> Part:
        """Ask for what is missing and write it."""
        kept = self._kept()
        headers = {"Accept-Encoding": "identity"}
        if kept is not None:
            headers |= {"Range": f"bytes={self._size()}-", "If-Range": kept.etag}
        try:
            with self._transport.open(
                "GET", self._path, params=self._params, headers=headers
            ) as response:
                return self._write(response)
        except ApiError as error:
            return self._all_there(error, kept)
        except AnswerError as error:
            if kept is not None and self._size() == kept.total:
                return kept
            raise error

    def _all_there(self, error: ApiError, kept: Part | None) -> Part:
        """What is kept was whole already: there is nothing after its last byte."""
        if error.status == NOTHING_LEFT and kept is not None and self._size() == kept.total:
            return kept
        if error.status == NOTHING_LEFT and kept is not None:
            self._note.unlink(missing_ok=True)
            return self._receive()
        raise error

    def _write(self, response: httpx.Response) -> Part:
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        done = self._size() if resumed else 0
        length = response.headers.get("Content-Length")
        part = Part(
            address=self._address(),
            etag=_strong(response.headers.get("ETag", "")),
            sha256=_sha256_of(response.headers),
            total=done + int(length) if length else None,
        )
        self._note.write_text(json.dumps(asdict(part)), "utf-8")
        with self._partial.open("ab" if resumed else "wb") as file:
            self._progress(done, part.total)
            for piece in response.iter_bytes():
                file.write(piece)
                done += len(piece)
                self._progress(done, part.total)
            file.flush()
            os.fsync(file.fileno())
        return part

    def _kept(self) -> Part | None:
        """What an earlier try noted, where it can be gone on with."""
        try:
            part = Part(**json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        can_go_on = part.etag and part.address == self._address() and self._size() > 0
        return part if can_go_on else None

    def _address(self) -> str:
        query = sorted((k, str(v)) for k, v in (self._params or {}).items() if v is not None)
        return f"{self._transport.url}{self._path}?{query}"

    def _size(self) -> int:
        return self._partial.stat().st_size if self._partial.exists() else 0

    def _check(self, part: Part) -> None:
        with self._partial.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        is_short = part.total is not None and self._size() != part.total
        if is_short or (part.sha256 and found != part.sha256):
            self._partial.unlink()
            self._note.unlink(missing_ok=True)
            raise ChecksumError(
                f"{self._target.name} came damaged: its SHA-256 is {found}, the server's"
                f" {part.sha256 or 'has another length'}. Download it again."
            )


def _strong(etag: str) -> str:
    """The tag, if a part of the file may be joined to another by it."""
    return "" if etag.startswith("W/") else etag


def _sha256_of(headers: httpx.Headers) -> str:
    """Of the whole file, in hexadecimal; "" where the server does not say (RFC 9530)."""
    for each in headers.get("Repr-Digest", "").split(","):
        name, _, value = each.strip().partition("=")
        if name == "sha-256":
            return base64.b64decode(value.strip(":")).hex()
    return ""
