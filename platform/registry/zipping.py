"""Stored files as one zip archive that is sent while it is made: no disk, little memory."""

import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from registry.pieces import pieces, require

BEGINNING = (1980, 1, 1, 0, 0, 0)  # zip's: equal files, equal archives


def zipped(
    folder: str, uri: str, files: Mapping[str, Any], texts: Mapping[str, str]
) -> Iterator[bytes]:
    """`folder`.zip, piece by piece: `texts` by their names, then the files of the folder at `uri`.

    files: name -> {"size": bytes}. MissingFilesError, before the first piece, where one is
    not there as it was stored. Nothing is compressed: Parquet is already.
    """
    for name, file in files.items():
        require(uri, name, size=int(file["size"]))
    return _made(folder, uri, files, texts)


def _made(
    folder: str, uri: str, files: Mapping[str, Any], texts: Mapping[str, str]
) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for name, text in texts.items():
            archive.writestr(_entry(folder, name), text.encode())
            yield sink.taken()
        for name, file in files.items():
            size = int(file["size"])
            with archive.open(_entry(folder, name), "w", force_zip64=True) as out:
                for piece in pieces(uri, name, size=size, first=0, count=size):
                    out.write(piece)
                    yield sink.taken()
    yield sink.taken()


def _entry(folder: str, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{folder}/{name}", BEGINNING)
    entry.external_attr = 0o644 << 16
    return entry


class _Sink:
    """Takes what is written to it, and cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What was written since."""
        found, self._pieces = b"".join(self._pieces), []
        return found
