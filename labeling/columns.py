"""Columns that a file calls by names of its own: what each is to be taken for.

A column is that of a table, or a key of entries of JSON; "theirs" is the file's name, "ours" one of
TARGETS.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from core.text import clean_text, quotable, repeated
from labeling.labeled_files import MOST_WHOLE, NAMED
from labeling.readers import open_file
from labeling.readers.base import Columns

TARGETS = {
    "prompt": gettext_lazy("The prompt"),
    "messages": gettext_lazy("The conversation, as JSON"),
    "completion": gettext_lazy("The answer, a demonstration"),
    "chosen": gettext_lazy("The better answer"),
    "rejected": gettext_lazy("The worse answer"),
    "language": gettext_lazy("Language"),
    "use_case": gettext_lazy("Use case"),
    "split": gettext_lazy("Split"),
    "source": gettext_lazy("Source"),
    "group": gettext_lazy("Group"),
    "user_id": gettext_lazy("Who asked"),
}
MOST = 50  # columns that are shown, and that may be named
LONGEST = 200  # characters of a name that is shown
LOOKED_AT = 20  # entries


def check(columns: Mapping[str, str]) -> dict[str, str]:
    """The names as they are stored; BadInputError where two are one, or one is not known."""
    if len(columns) > MOST:
        raise BadInputError(_("At most %(most)s columns can be named.") % {"most": MOST})
    for theirs, ours in columns.items():
        clean_text(theirs, limit=LONGEST)
        if ours not in TARGETS:
            known = {"name": quotable(ours), "names": ", ".join(TARGETS)}
            raise BadInputError(_("“%(name)s” is none of %(names)s.") % known)
    if twice := repeated(columns.values()):
        raise BadInputError(_("Two columns are named “%(name)s”.") % {"name": twice})
    return dict(columns)


def read(said: str) -> dict[str, str]:
    """What `theirs=ours,theirs=ours` says; BadInputError where it cannot be read."""
    columns = {}
    for pair in filter(None, map(str.strip, said.split(","))):
        theirs, sign, ours = pair.rpartition("=")
        if not sign or not theirs.strip():
            raise BadInputError(
                _("“%(text)s” names no column: write theirs=ours, such as question=prompt.")
                % {"text": quotable(pair)}
            )
        columns[theirs.strip()] = ours.strip()
    return check(columns)


def columns_of(file: IO[bytes], *, encoding: str = "") -> list[str]:
    """The names that the first entries of a file have, in their order; none of no entries."""
    names: dict[str, None] = {}
    try:
        opened = open_file(file, Columns(needed=()), most=MOST_WHOLE, encoding=encoding)
        with closing(opened.source.entries) as entries:
            for _number, value in islice(entries, LOOKED_AT):
                names |= dict.fromkeys(value if isinstance(value, dict) else ())
    except BadInputError:  # said where the file is read
        return []
    return [name for name in names if len(name) <= LONGEST and name == quotable(name)][:MOST]


def of_file(columns: Mapping[str, str]) -> Columns:
    """How a file is read whose columns are called so."""
    return replace(NAMED, renamed=columns)
