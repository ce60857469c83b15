"""A part of a stored file, piece by piece: from the folder, or from the store at its URL.

A file of gigabytes is not fetched to this machine for it.
"""

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from core.errors import MissingFilesError
from registry import remote, store

PIECE = 2**18  # bytes of a file of this machine
PIECE_OF_STORE = 2**22  # bytes of one at a URL, each a request


def is_there(uri: str, name: str, *, size: int) -> bool:
    """Whether the file `name` of the folder at `uri` is there with its `size` in bytes."""
    if settings.STORE_URL:
        return remote.sizes(uri).get(name) == size
    path = store.path_of(uri) / name
    return path.is_file() and path.stat().st_size == size


def require(uri: str, name: str, *, size: int) -> None:
    """MissingFilesError unless it is there."""
    if not is_there(uri, name, size=size):
        raise MissingFilesError(f"{uri} is not whole in {store.shown('')}: {name}")


def pieces(uri: str, name: str, *, size: int, first: int, count: int) -> Iterator[bytes]:
    """`count` bytes from the byte `first` on of the file `name`, of `size`, of the folder at `uri`.

    MissingFilesError, before the first piece, where the file is not there as it was stored.
    """
    require(uri, name, size=size)
    if not settings.STORE_URL:
        # Opened now: what is removed or swept meanwhile is read to its end all the same.
        return Part((store.path_of(uri) / name).open("rb"), first, count)
    end = first + count
    starts = range(first, end, PIECE_OF_STORE)
    return (remote.read(uri, name, at, min(at + PIECE_OF_STORE, end)) for at in starts)


class Part(Iterator[bytes]):
    """So many bytes of an open file, which is closed with it, even where nobody read any."""

    def __init__(self, file: BinaryIO, first: int, count: int) -> None:
        self._file, self._left = file, count
        self._file.seek(first)

    def __next__(self) -> bytes:
        piece = self._file.read(min(PIECE, self._left)) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """The reader has all, or has left."""
        self._left = 0
        self._file.close()
