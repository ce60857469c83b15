"""Files that people upload, whatever form they have: one module a form (see base)."""

from dataclasses import dataclass
from typing import IO

from labeling.encodings import decode
from labeling.file_text import FileText
from labeling.readers import json_text, parquet, tables
from labeling.readers.base import Columns, Source
from labeling.readers.no_text import LONGEST_MAGIC, check_is_text


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose form is known.

    encoding: of its text, one of encodings.CHOICES, "" for no text; guessed: nobody has said so.
    """

    source: Source
    encoding: str = ""
    guessed: bool = False


def open_file(file: IO[bytes], columns: Columns, *, most: int, encoding: str = "") -> Opened:
    """The file as entries; BadInputError where it is of no form that is known.

    It is read while they are asked for, and stays open. most: entries that are of use. encoding:
    what people say it is in; "" is to be guessed.
    """
    file.seek(0)
    head = file.read(LONGEST_MAGIC)
    if parquet.is_one(head):
        return Opened(source=parquet.source(file, columns, most=most))
    check_is_text(head)
    text = decode(file, encoding)
    return Opened(source=open_text(text, columns), encoding=text.encoding, guessed=text.guessed)


def open_text(text: FileText, columns: Columns) -> Source:
    """The same of a text: a table or JSON."""
    if tables.is_table(text, columns):
        return tables.source(text, columns)
    return json_text.source(text, columns)
