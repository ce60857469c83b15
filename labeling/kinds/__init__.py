"""The kinds of annotation, a folder each, found by its presence: a new one touches nothing else.

labeling/kinds/<kind>/
    __init__.py   `KIND`, the kind: a subclass of AnnotationKind, which says what else it may say
    body.py       the type of its answers, and what makes an answer right for its task
    exports.py    the datasets that it gives rows to
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


@cache
def kinds() -> dict[str, "AnnotationKind"]:
    """All kinds by name; those that a round is asked for most come first."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    found = [importlib.import_module(f"{__name__}.{name}").KIND for name in folders]
    return {kind.name: kind for kind in sorted(found, key=lambda kind: -kind.proposed)}


def choices() -> "list[tuple[str, _StrPromise]]":
    """Names and labels, for the fields that hold a kind."""
    return [(kind.name, kind.label) for kind in kinds().values()]
