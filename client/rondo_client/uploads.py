"""Files on their way to the server: read piece by piece, once for each try."""

import mimetypes
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rondo_client.progress import Progress

PIECE = 2**18  # bytes


@dataclass(frozen=True)
class Form:
    """The body of multipart/form-data, whose files are read while it is sent."""

    files: Mapping[str, Path]
    fields: Mapping[str, Any]
    progress: Progress | None
    boundary: str

    @property
    def headers(self) -> dict[str, str]:
        """What says how long it is and where its parts end."""
        total = sum(len(head) for head in self._heads())
        total += sum(path.stat().st_size + 2 for path in self.files.values())
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "Content-Length": str(total),
        }

    def pieces(self) -> Iterator[bytes]:
        """The body, from its beginning."""
        *heads, end = self._heads()
        fields, of_files = heads[: len(self.fields)], heads[len(self.fields) :]
        yield from fields
        done, total = 0, sum(path.stat().st_size for path in self.files.values())
        for head, path in zip(of_files, self.files.values(), strict=True):
            yield head
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
                    done += len(piece)
                    if self.progress:
                        self.progress(done, total)
            yield b"\r\n"
        yield end

    def _heads(self) -> list[bytes]:
        """Whole parts for the fields, what stands before each file, and the end."""
        found = []
        for name, value in self.fields.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found.append(f'{self._part(name)}"\r\n\r\n{text}\r\n')
        for name, path in self.files.items():
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            file = path.name.replace("\\", "%5C").replace('"', "%22")
            found.append(f'{self._part(name)}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n')
        return [text.encode() for text in [*found, f"--{self.boundary}--\r\n"]]

    def _part(self, name: str) -> str:
        return f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}'


def form(
    files: Mapping[str, Path | str],
    fields: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
) -> Form:
    """Files and fields as one body. progress: told of the files' bytes as they go."""
    paths = {name: Path(path) for name, path in files.items()}
    return Form(paths, fields or {}, progress, uuid.uuid4().hex)
