"""Files that people sent, kept until they are stored: in parts, of which one is in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from os import SEEK_END
from typing import IO

from django.db import transaction

from accounts.models import User
from core.incoming import spool
from core.postgresql.copying import copy
from labeling.models import Project, PromptUpload, UploadPart

PART = 2**20  # bytes


@transaction.atomic
def keep_upload(
    *,
    project: Project,
    file: IO[bytes],
    name: str,
    by: User,
    encoding: str = "",
    format_name: str = "",
    columns: Mapping[str, str] | None = None,
) -> PromptUpload:
    """Keep a file, and what is known of it: see `labeling.labeled_files.parse_file`."""
    upload = PromptUpload.objects.create(
        project=project,
        uploaded_by=by,
        name=name,
        size=file.seek(0, SEEK_END),
        encoding=encoding,
        format=format_name,
        columns={**(columns or {})},
    )
    file.seek(0)
    contents = enumerate(iter(partial(file.read, PART), b""))
    rows = ((upload.pk, number, content) for number, content in contents)
    copy(UploadPart, ("upload", "number", "content"), rows)
    return upload


@contextmanager
def opened(upload: PromptUpload) -> Iterator[IO[bytes]]:
    """The file that is kept, in one that can be read from any place."""
    with spool() as file:
        numbers = upload.parts.order_by("number").values_list("number", flat=True)
        for number in list(numbers):  # one after the other: a query has all of its rows at once
            file.write(upload.parts.get(number=number).content)
        yield file
