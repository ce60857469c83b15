"""Names in exports of what a project asks: given, or made from its words."""

import re
from collections.abc import Sequence
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from labeling.kinds.settings import Said

Name = Annotated[
    str,
    Field(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$"),
    Said(label=_("Name in exports"), help=_("Left empty it is made from the text.")),
]


def named(rows: Sequence[tuple[str, str]], *, otherwise: str) -> list[str] | None:
    """A name for each row of (name or "", words); None where two rows have the same.

    otherwise: what a name begins with whose words have no letter to begin with.
    """
    taken = [name for name, _words in rows if name]
    if len(taken) > len(set(taken)):
        return None
    found = []
    for name, words in rows:
        found.append(name or _free(words, taken, otherwise))
        taken.append(found[-1])
    return found


def _free(words: str, taken: Sequence[str], otherwise: str) -> str:
    """A name made of the letters of `words` that is none of `taken`."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:30].strip("_")
    stem = stem if stem[:1].isalpha() else f"{otherwise}_{stem}".strip("_")
    numbers = (f"{stem}_{n}" for n in range(2, len(taken) + 3))
    return next(name for name in [stem, *numbers] if name not in taken)
