"""The stages of training, a folder each, found by its presence: a new one touches nothing else.

rounds/stages/<stage>/
    __init__.py   `STAGE`, the stage: a subclass of Stage, which says what else it may say
    settings.py   what people may choose: range, default, why
    needs.py      what it needs before it can run, and how much work it is
    folder.py     what it writes into its job's folder, and takes over from it
    curves.py     what its curves and figures mean
    locale/       what it says, in Simplified Chinese

Folders of the same names elsewhere on Python's path count too (`pkgutil.extend_path`).
"""

import importlib
import pkgutil
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from core import found

if TYPE_CHECKING:
    from jobs.models import Job
    from rounds.stages.base import Stage

__path__ = pkgutil.extend_path(__path__, __name__)


def folders() -> dict[str, Path]:
    """The folder of each stage, by its name."""
    return found.packages(__path__)


def locale_folders() -> list[Path]:
    """The translations of each stage."""
    return found.locales(folders())


@cache
def find() -> dict[str, "Stage"]:
    """All stages by name."""
    return {name: importlib.import_module(f"{__name__}.{name}").STAGE for name in sorted(folders())}


def get(name: str) -> "Stage":
    """The stage of that name; a bare one where its folder is gone: its runs keep their pages."""
    return find().get(name) or _gone(name)


def of_job(job: "Job") -> "Stage | None":
    """The stage, maybe a bare one, of a job that works on a run; None for any other job."""
    return get(job.kind) if hasattr(job, "run") else None


@cache
def _gone(name: str) -> "Stage":
    base: type[Stage] = importlib.import_module(f"{__name__}.base").Stage
    gone: Stage = type("Gone", (base,), {"name": name, "label": name, "in_chains": False})()
    return gone


@cache
def launchable() -> dict[str, "Stage"]:
    """The stages that a chain may hold, each after those whose models it needs.

    Two that go on from each other's models come by their names.
    """
    stages = {name: stage for name, stage in find().items() if stage.in_chains}
    order = TopologicalSorter[str]()
    for name, stage in stages.items():
        needed = [other for other in stages.values() if other.makes in stage.needs]
        order.add(name, *(other.name for other in needed if stage.makes not in other.needs))
    return {name: stages[name] for name in order.static_order()}
