"""Downloads: whole, resumed, checked, or not there at all."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rondo_client.downloads import Download
from rondo_client.errors import ChecksumError, UnreachableError
from rondo_client.retrying import Retrying
from rondo_client.transport import Transport

CONTENT = bytes(range(256)) * 40


class Breaking(httpx.SyncByteStream):
    """A body that ends early with a lost connection."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        raise httpx.ReadError("lost")


class Files(httpx.BaseTransport):
    """Serves CONTENT; the answers number in `breaks` stop after so many bytes of it."""

    def __init__(self, breaks: dict[int, int] | None = None, *, tagged: bool = True) -> None:
        self.breaks, self.tagged = breaks or {}, tagged
        self.content, self.etag = CONTENT, '"one"'
        self.ranges: list[str | None] = []
        self.digest = hashlib.sha256(CONTENT)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        wanted = request.headers.get("Range")
        number = len(self.ranges)
        self.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if request.headers.get("If-Range") != self.etag:
            start = 0
        if start >= len(self.content):
            return httpx.Response(416, content=b"")
        content = self.content[start:]
        headers = {
            "Content-Length": str(len(content)),
            "Repr-Digest": f"sha-256=:{base64.b64encode(self.digest.digest()).decode()}:",
        }
        if self.tagged:
            headers["ETag"] = self.etag
        if number in self.breaks:
            stream = Breaking(content[: self.breaks[number]])
            return httpx.Response(206 if start else 200, headers=headers, stream=stream)
        return httpx.Response(206 if start else 200, headers=headers, content=content)


def download(files: Files, folder: Path, *, tries: int = 3, told: list[int] | None = None) -> Path:
    retrying = Retrying(tries=tries, sleep=lambda seconds: None)
    transport = Transport("https://rondo.example.org", "t", http=files, retrying=retrying)
    progress = None if told is None else lambda done, total: told.append(done)
    return Download(transport, "/file", folder / "a" / "file.jsonl", progress=progress).run()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "a").iterdir())


def test_a_file_comes_whole_and_alone(tmp_path: Path) -> None:
    told: list[int] = []

    path = download(Files(), tmp_path, told=told)

    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == ["file.jsonl"]
    assert (told[0], told[-1]) == (0, len(CONTENT))


def test_a_lost_connection_is_gone_on_with_where_it_broke(tmp_path: Path) -> None:
    files = Files({0: 100, 1: 50})

    assert download(files, tmp_path).read_bytes() == CONTENT
    assert files.ranges == [None, "bytes=100-", "bytes=150-"]


def test_the_next_call_goes_on_with_what_the_last_one_left(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="Run the same again"):
        download(Files({0: 100}), tmp_path, tries=1)
    assert left_in(tmp_path) == ["file.jsonl.part", "file.jsonl.part.json"]
    files = Files()

    assert download(files, tmp_path).read_bytes() == CONTENT
    assert files.ranges == ["bytes=100-"]
    assert left_in(tmp_path) == ["file.jsonl"]


def test_a_file_that_has_changed_meanwhile_is_begun_again(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError):
        download(Files({0: 100}), tmp_path, tries=1)
    files = Files()
    files.etag = '"two"'

    assert download(files, tmp_path).read_bytes() == CONTENT


def test_without_a_tag_two_parts_are_never_joined(tmp_path: Path) -> None:
    files = Files({0: 100}, tagged=False)

    assert download(files, tmp_path).read_bytes() == CONTENT
    assert files.ranges == [None, None]


def test_a_damaged_file_is_not_left_where_it_could_be_taken(tmp_path: Path) -> None:
    files = Files()
    files.content = CONTENT[:-1] + b"x"

    with pytest.raises(ChecksumError, match="came damaged"):
        download(files, tmp_path)

    assert left_in(tmp_path) == []


def test_all_but_the_last_step_done_before_is_not_done_again(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError):
        download(Files({0: len(CONTENT)}), tmp_path, tries=1)
    files = Files()

    assert download(files, tmp_path).read_bytes() == CONTENT
    assert files.ranges == [f"bytes={len(CONTENT)}-"]
