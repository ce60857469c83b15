"""The steps of a combined task: each is a kind of its own, which sees its own part alone."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from labeling.kinds import folders
from labeling.kinds.base import AnnotationKind
from labeling.models import Annotation, Assignment, KindSettings, Task

Parts = Mapping[str, AnnotationKind]
OWN = "combined"  # the folder that all others may be steps of
FIRST = ("rating", "ranking")  # InstructGPT's two steps (arXiv 2203.02155, appendix B and fig. 12)


def found() -> dict[str, AnnotationKind]:
    """The kinds that may be steps, by name; those of the template come first."""
    names = [*FIRST, *sorted(folders().keys() - {OWN, *FIRST})]
    every = [importlib.import_module(f"labeling.kinds.{name}").KIND for name in names]
    return {kind.name: kind for kind in every if kind.combines}


class _Seen:
    """An object as a part of it sees it: some attributes are its own, all others the object's."""

    def __init__(self, whole: Any, **own: Any) -> None:
        self.__dict__.update(own, _whole=whole)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_whole"], name)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a task. task: as one of the step's kind, with its settings."""

    kind: AnnotationKind
    task: Task

    @property
    def name(self) -> str:
        """That of its kind, by which bodies and settings have it."""
        return self.kind.name

    def assignment(self, whole: Assignment) -> Assignment:
        """The same assignment, of the step's task."""
        return cast("Assignment", _Seen(whole, task=self.task))

    def annotation(self, whole: Annotation) -> Annotation:
        """The answer to this step."""
        body = whole.body["parts"][self.name]
        return cast("Annotation", _Seen(whole, kind=self.name, body=body, task=self.task))


def steps(parts: Parts, content: Mapping[str, Any], task: Task) -> list[Step]:
    """The steps that `content`, the settings of `task`, names."""
    made = []
    for row in content["steps"]:
        kind = parts[row["kind"]]
        own = KindSettings(kind=kind.name, content=content[kind.name]) if kind.Settings else None
        seen = cast("Task", _Seen(task, kind=kind.name, settings=own))
        made.append(Step(kind=kind, task=seen))
    return made


def steps_of(
    made: Sequence[Step], annotation: Annotation
) -> list[tuple[AnnotationKind, Annotation]]:
    """Each step's kind with the answer to it."""
    return [(step.kind, step.annotation(annotation)) for step in made]
