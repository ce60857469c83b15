"""Files on their way in: small ones in memory, others on the disk, gone with whoever reads them."""

import weakref
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

IN_MEMORY = 2**20  # bytes


def spool() -> IO[bytes]:
    """An empty file, which has no name: whatever dies leaves nothing of it."""
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY, dir=_folder())  # noqa: SIM115
    return file


@cache
def _folder() -> str:
    """On the disk of the data: what is called temporary may be memory."""
    settings.UPLOADS.mkdir(parents=True, exist_ok=True)
    return str(settings.UPLOADS)


class SpooledUpload(FileUploadHandler):
    """A file of a form as `spool` keeps it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """One begins."""
        super().new_file(*args, **kwargs)
        self.file = spool()
        self._unread = weakref.finalize(self, self.file.close)  # where its form breaks off

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """It is whole."""
        self._unread.detach()
        self.file.seek(0)
        return UploadedFile(
            self.file,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """It will not be."""
        self.file.close()
