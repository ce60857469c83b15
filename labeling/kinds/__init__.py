"""The kinds of annotation, one folder each, found by their folders: a new one touches nothing else.

labeling/kinds/<kind>/
    __init__.py   `KIND`, an AnnotationKind
    body.py       the answer's type, and what makes an answer right for its task
    rows.py       what a training stage reads of an answer
    form.html     the part of the page where the answer is given
    keys.html     its rows in the list of keys
    static/       form.js (a custom element) and form.css of that part
"""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from labeling.kinds.base import AnnotationKind

SHARED = {"base", "texts"}  # modules of this package that are no kinds


@cache
def kinds() -> dict[str, "AnnotationKind"]:
    """All kinds by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in SHARED)
    return {name: importlib.import_module(f"{__name__}.{name}").KIND for name in names}


def choices() -> "list[tuple[str, _StrPromise]]":
    """Names and labels, for the fields that hold a kind."""
    return [(kind.name, kind.label) for kind in kinds().values()]


def __getattr__(name: str) -> "dict[str, AnnotationKind]":
    """`KINDS`, read at first use: the kinds import models, and models import this module."""
    if name == "KINDS":
        return kinds()
    raise AttributeError(name)
