"""Files on their way to the server."""

from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from rondo_client.uploads import form


def parts_of(body: bytes, content_type: str) -> dict[str | None, Message]:
    whole = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    return {part.get_param("name", header="content-disposition"): part for part in parts}  # type: ignore[misc]


def test_files_and_fields_are_one_body_that_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / 'a "b".jsonl').write_bytes(b'{"prompt": "\xe9"}\n' * 3)
    told: list[tuple[int, int | None]] = []
    body = form(
        {"file": tmp_path / 'a "b".jsonl'},
        {"keep_good": True, "source": "豆腐"},
        progress=lambda done, total: told.append((done, total)),
    )

    first, second = b"".join(body.pieces()), b"".join(body.pieces())

    assert first == second
    assert len(first) == int(body.headers["Content-Length"])
    parts = parts_of(first, body.headers["Content-Type"])
    assert parts["file"].get_payload(decode=True) == b'{"prompt": "\xe9"}\n' * 3
    assert parts["file"].get_filename() == "a %22b%22.jsonl"
    assert parts["keep_good"].get_payload() == "true"
    assert parts["source"].get_payload(decode=True) == "豆腐".encode()
    assert told == [(48, 48), (48, 48)]
