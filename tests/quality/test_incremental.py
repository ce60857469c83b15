"""Figures computed bit by bit are those of a computation from nothing, to the last bit."""

import random
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import User
from labeling import reviewing
from labeling.models import Annotation, Flagged, Marked, Project, Role, Task
from quality import agreement, bias, people, sums, tables
from quality.models import PersonFigures, ProjectFigures, Reliability, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_prompt, make_task

if TYPE_CHECKING:
    from collections.abc import Callable

STORED = (ProjectFigures, TaskAgreement, PersonFigures, Reliability, Flagged, Marked)
TIMES = {"began_at", "computed_at", "seconds", "id"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that is stored of figures, but for when it was."""
    found = {}
    for model in STORED:
        rows = [
            {
                name: bytes(value) if isinstance(value, memoryview) else value
                for name, value in row.items()
                if name not in TIMES
            }
            for row in model.objects.values()
        ]
        found[model.__name__] = sorted(rows, key=repr)
    return found


class World:
    """A project in which anything happens to answers, as a seed has it."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project, self.draw = project, random.Random(seed)
        self.people = [make_member(project) for _ in range(4)]
        self.rita = make_member(project, "Rita", Role.REVIEWER)
        self.prompts = [
            make_prompt(project, language=language, split=split)
            for language in ("en", "de")
            for split in ("train", "heldout")
            for _ in range(4)
        ]

    def any(self, *standings: str) -> Annotation:
        """An answer that stands so; those that count where there is none."""
        answers = Annotation.objects.filter(project=self.project, purpose="label").order_by("pk")
        some = list(answers.filter(standing__in=standings)) or list(answers.counted())
        return self.draw.choice(some)

    def body(self, task: Task) -> dict[str, Any]:
        """Some answer to it."""
        ids = self.draw.sample(task.completion_ids, len(task.completion_ids))
        if task.kind == "comparison":
            step = self.draw.choice([0, 1, 2, 3])
            return {"better": ids[0] if step else None, "strength": step, "both_bad": False}
        cut = self.draw.randrange(1, len(ids) + 1)
        tiers = [ids[:2], *[[key] for key in ids[2:cut]]] if cut > 2 else [ids[:cut]]
        return {"tiers": tiers, "unacceptable": ids[max(cut, len(tiers[0])) :]}

    def answer(self) -> None:
        """A task of some round is answered by two or three people, or by one."""
        kind = self.draw.choice(["ranking", "ranking", "comparison"])
        task = make_task(
            self.project,
            kind,
            prompt=self.draw.choice(self.prompts),
            round_number=self.draw.randrange(1, 4),
        )
        Task.objects.filter(pk=task.pk).update(overlap=9, free_slots=0, state="done")
        for person in self.draw.sample(self.people, self.draw.choice([1, 2, 2, 3])):
            self._answer(task, person)

    def answer_once_more(self) -> None:
        """Somebody else answers a task that has been answered."""
        task = self.any("counts").task
        left = [p for p in self.people if not task.annotations.filter(annotator=p).exists()]
        if left:
            self._answer(task, left[0])

    def _answer(self, task: Task, person: User) -> None:
        fields = {"annotator": person, "shown_order": task.completion_ids}
        seconds = self.draw.randrange(1, 60)
        make_annotation(task, self.body(task), active_seconds=seconds, **fields)

    def correct(self) -> None:
        """An annotator corrects an answer, which lets it count again."""
        before = self.any("sent_back")
        Annotation.objects.filter(pk=before.pk).update(standing="superseded")
        after = Annotation.objects.get(pk=before.pk)
        after.pk, after._state.adding = None, True
        after.client_key, after.revises = uuid.uuid4(), before
        after.body, after.standing = self.body(before.task), "counts"
        after.save()

    def review(self) -> None:
        """A reviewer sends back, excludes, includes, or finds right."""
        by, text = self.rita, "A guess."
        acts: list[Callable[[], object]] = [
            lambda: reviewing.send_back(annotation=self.any("counts"), by=by, text=text),
            lambda: reviewing.exclude(
                annotation=self.any("counts"), by=by, text=text, ask_again=True
            ),
            lambda: reviewing.approve(annotation=self.any("counts"), by=by),
        ]
        if Annotation.objects.filter(standing="excluded").exists():
            acts.append(lambda: reviewing.include(annotation=self.any("excluded"), by=by))
        self.draw.choice(acts)()

    def decide(self) -> None:
        """A reviewer's decision overrules the answers to a task."""
        task = self.any("counts").task
        if task.annotations.filter(purpose="decision").exists():
            return
        task.annotations.counted().update(standing="overruled")
        make_annotation(task, self.body(task), annotator=self.rita, purpose="decision")


@pytest.mark.parametrize(("seed", "clusters"), [(1, 1000), (2, 5)])
def test_bit_by_bit_is_as_from_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, seed: int, clusters: int
) -> None:
    """Prompts apart or taken together, tasks in several blocks, people in several turns."""
    monkeypatch.setattr(agreement, "ENOUGH", 3)
    monkeypatch.setattr(bias, "ENOUGH", 3)
    monkeypatch.setattr(bias, "NEWEST", 12)
    monkeypatch.setattr(sums, "CLUSTERS", clusters)
    monkeypatch.setattr(tables, "TASKS", 7)
    monkeypatch.setattr(people, "AT_ONCE", 3)
    monkeypatch.setattr(people, "LATEST", 9)
    world = World(project, seed)
    acts = [world.answer, world.answer_once_more, world.correct, world.review, world.decide]
    for _ in range(15):
        world.answer()
    refresh(project.pk)
    for _ in range(4):
        for _ in range(6):
            world.draw.choice(acts)()
        refresh(project.pk)
    bit_by_bit = everything()
    for model in STORED:
        model.objects.all().delete()

    refresh(project.pk)

    assert everything() == bit_by_bit
    (figures,) = bit_by_bit["ProjectFigures"]
    assert {row["by"] for row in figures["groups"] if row["figures"]} == {
        "all",
        "round",
        "language",
        "split",
        "people",
    }
    assert figures["bias"]
    assert len(bit_by_bit["Reliability"]) == 4
