"""A project of two halves that differ in all that exports are filtered by."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from jobs.models import Job
from labeling.assigning import claim_next
from labeling.kinds import kinds
from labeling.models import Annotation, Exchange, Flagged, Project, Prompt
from labeling.pseudonyms import naming
from labeling.submitting import submit
from quality.models import TaskAgreement
from registry.models import ModelVersion
from rounds.models import Evaluation, Round, Run
from tests.api.kitchen import skip
from tests.factories import make_member, make_project, make_prompt, make_task, make_version
from tests.labeling.answers import body_for

TEXTS = ["Boil it. Wait six minutes.", "Boil it for ever and ever.", "Ask.", "Guess, or ask a hen."]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One half: its annotator, their pseudonym, its model, and the value of each filter."""

    annotator: User
    pseudonym: str
    model: ModelVersion
    filters: dict[str, list[str]]  # each leaves this half
    agreement: float
    day: datetime
    is_flagged: bool
    split: str
    language: str
    round: int


def make_sides() -> tuple[Project, list[Side]]:
    """Of every kind an answer in each half, a skipped task and an evaluation."""
    project = make_project("kitchen")
    sides = [_side(project, number) for number in (1, 2)]
    for side in sides:
        for kind in kinds():
            _answer(project, kind, side)
    for side in sides:
        left = skip(make_task(project, prompt=_prompt(project, side)), side.annotator, "other")
        left.task.round_number, left.lease_until = side.round, side.day
        left.task.save()
        left.save()
        _evaluate(project, side)
    return project, sides


def _side(project: Project, number: int) -> Side:
    person, first = make_member(project, f"Person {number}"), number == 1
    name, version = naming(project)(person.pk), make_version("policy", family=project.family)
    split, language = ("train", "en") if first else ("heldout", "zh")
    filters = {
        "round": [str(number)],
        "split": [split],
        "language": [language],
        "annotator": [name],
        "model": [version.name],
        **({"until": ["2026-11-05"]} if first else {"since": ["2026-11-06"]}),
        **({"agreement_at_most": ["60"]} if first else {"agreement_at_least": ["61"]}),
        "flag": ["none"] if first else ["any", "far"],
    }
    return Side(
        annotator=person,
        pseudonym=name,
        model=version,
        filters=filters,
        agreement=0.6 if first else 0.61,
        day=datetime(2026, 11, 5 if first else 6, 12, tzinfo=UTC),
        is_flagged=not first,
        split=split,
        language=language,
        round=number,
    )


def _prompt(project: Project, side: Side) -> Prompt:
    return make_prompt(
        project, split=side.split, language=side.language, metadata={"topic": f"{side.round}"}
    )


def _answer(project: Project, kind: str, side: Side) -> None:
    shown = kinds()[kind].completions
    texts = TEXTS[: 4 if shown.is_chosen else shown.most]
    more: dict[str, Any] = {"texts": texts} if shown.most else {}
    task = make_task(project, kind, prompt=_prompt(project, side), **more)
    task.round_number = side.round
    task.save()
    task.completions.update(model_version=side.model)
    found = claim_next(project=project, annotator=side.annotator, kind=kind)
    assert found is not None
    assert found.task_id == task.pk
    body = body_for(found)
    Exchange.objects.filter(assignment=found).update(version=side.model)
    answer = submit(assignment=found, body=body, client_key=found.client_key, active_seconds=61)
    Annotation.objects.filter(pk=answer.pk).update(created_at=side.day, guideline_version=3)
    TaskAgreement.objects.create(
        task=task, project=project, kind=kind, answers=2, agreement=side.agreement
    )
    if side.is_flagged:
        Flagged.objects.create(
            annotation=answer, project=project, far={"x": 1}, computed_at=side.day
        )


def _evaluate(project: Project, side: Side) -> None:
    turn = Round.objects.create(
        project=project, number=side.round, writer=side.model, state=Round.State.CLOSED
    )
    job = Job.objects.create(kind="evaluate", queue="gpu")
    run = Run.objects.create(round=turn, stage="evaluate", job=job)
    found = Evaluation.objects.create(
        run=run, before=side.model, after=side.model, reference=side.model, metrics={}
    )
    text = {"text": "Boil it.", "tokens": 3}
    asked = Prompt.objects.filter(project=project, split=side.split).order_by("pk")[0]
    found.samples.create(prompt=asked, model_version=side.model, **text)
