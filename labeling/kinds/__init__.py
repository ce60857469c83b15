"""The kinds of annotation, a folder each, found by its presence: a new one touches nothing else.

labeling/kinds/<kind>/
    __init__.py   `KIND`, the kind: a subclass of AnnotationKind, which says what else it may say
    form.html     the part of the page where the answer is given
    keys.html     its rows in the list of keys
    static/       form.js (a custom element) and form.css of that part
    locale/       what it says, in Simplified Chinese
and whatever else it needs: body.py, rows.py, exports.py …
"""

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core import found

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from labeling.kinds.base import AnnotationKind
    from labeling.kinds.reading import Reads


def folders() -> dict[str, Path]:
    """The folder of each kind, by its name; Django looks for templates, files and words in them."""
    return found.packages(__path__)


@cache
def kinds() -> dict[str, "AnnotationKind"]:
    """All kinds by name; those that a round is asked for most come first."""
    modules = [importlib.import_module(f"{__name__}.{name}").KIND for name in sorted(folders())]
    return {kind.name: kind for kind in sorted(modules, key=lambda kind: -kind.proposed)}


@cache
def reads() -> "dict[str, tuple[str, Reads]]":
    """The datasets that a kind reads again, by name: the kind's name, and how."""
    return {
        dataset.name: (name, read)
        for name, kind in kinds().items()
        for dataset, read in kind.reads.items()
    }


def choices() -> "list[tuple[str, _StrPromise]]":
    """Names and labels, for the fields that hold a kind."""
    return [(kind.name, kind.label) for kind in kinds().values()]


def marks() -> "list[tuple[str, _StrPromise]]":
    """Names and labels of what answers of any kind say of texts beside their ranks."""
    found = {name: label for kind in kinds().values() for name, label in kind.marks.items()}
    return list(found.items())


def template_folders() -> list[Path]:
    """Where `<kind>/form.html` is looked up."""
    return sorted({folder.parent for folder in folders().values()})


def static_folders() -> list[tuple[str, Path]]:
    """The static files of each kind, below `labeling/kinds/<kind>/`."""
    pairs = [(name, folder / "static") for name, folder in sorted(folders().items())]
    return [(f"labeling/kinds/{name}", folder) for name, folder in pairs if folder.is_dir()]


def locale_folders() -> list[Path]:
    """The translations of each kind."""
    return found.locales(folders())
