"""The text of a file, read as it is needed: of a large one no more than a piece is in memory."""

import io
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from core.errors import BadInputError

PIECE = 2**20  # characters
LONGEST = 20 * 2**20  # characters of a line, or of one value of JSON


class FileText:
    """A text that can be read again and again, from its beginning.

    codec: Python's name of what it is in. encoding: what people call that, one of
    encodings.CHOICES; guessed: nobody has said so.
    """

    def __init__(
        self,
        file: IO[bytes],
        codec: str,
        *,
        encoding: str = "utf-8",
        guessed: bool = False,
        errors: str = "strict",
    ) -> None:
        self._file, self._codec, self._errors = file, codec, errors
        self.encoding, self.guessed = encoding, guessed

    @classmethod
    def of(cls, text: str) -> "FileText":
        """A text that is in memory already."""
        errors = "surrogatepass"  # whoever reads it says what is wrong with it
        return cls(io.BytesIO(text.encode("utf-8", errors)), "utf-8", errors=errors)

    def pieces(self) -> Iterator[str]:
        """All of it, a piece at a time."""
        with self._open() as text:
            while piece := text.read(PIECE):
                yield piece

    def head(self) -> str:
        """Its first piece."""
        return next(self.pieces(), "")

    def whole(self) -> str:
        """All of it at once."""
        return "".join(self.pieces())

    def lines(self) -> Iterator[str]:
        """Its lines with their ends, whatever these are; BadInputError at one without an end."""
        with self._open() as text:
            number = 0
            while line := text.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    what = _("Line %(line)s has more than %(most)s characters.")
                    raise BadInputError(what % {"line": number, "most": LONGEST})
                yield line

    def _open(self) -> io.TextIOWrapper:
        content = io.BufferedReader(_Reading(self._file))
        return io.TextIOWrapper(content, self._codec, self._errors, newline="")


class _Reading(io.RawIOBase):
    """A file from its beginning, whoever else reads it too; it stays open.

    It is read by large pieces: each time a thread may wait for its turn, and Python's own reader of
    text asks for 8 kB at once.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._piece:
            self._file.seek(self._at)
            self._piece = memoryview(self._file.read(PIECE))
            self._at += len(self._piece)
        view = memoryview(buffer)
        number = min(len(view), len(self._piece))
        view[:number] = self._piece[:number]
        self._piece = self._piece[number:]
        return number
