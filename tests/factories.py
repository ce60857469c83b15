"""Rows for tests, made by plain functions; what a test does not care about has a value."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Import,
    Membership,
    Project,
    Prompt,
    Role,
    Task,
)
from labeling.tasks import open_tasks
from registry.models import Family, ModelVersion

_numbers = count(1)
RUBRIC = [
    {"text": "Says how many minutes", "points": 5},
    {"text": "Is short", "points": 3},
    {"text": "Would spoil the egg", "points": -6},
]


def make_user(name: str = "", **fields: Any) -> User:
    """A person with the password "password"."""
    name = name or f"Person {next(_numbers)}"
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    return User.objects.create_user(email, "password", name=name, **fields)


def make_project(slug: str = "", **fields: Any) -> Project:
    """A project with its model family and no members."""
    slug = slug or f"project-{next(_numbers)}"
    family, _ = Family.objects.get_or_create(name=slug)
    return Project.objects.create(
        **{"slug": slug, "name": slug.replace("-", " ").title(), "family": family, **fields}
    )


def make_member(
    project: Project, name: str = "", role: str = Role.ANNOTATOR, **fields: Any
) -> User:
    """A person with a role in the project."""
    user = make_user(name, **fields)
    Membership.objects.create(project=project, user=user, role=role)
    return user


def make_prompt(project: Project, text: str = "", **fields: Any) -> Prompt:
    """A prompt of one user message."""
    text = text or f"How do I boil egg number {next(_numbers)}?"
    messages = [{"role": "user", "content": text}]
    return Prompt.objects.create(**{"project": project, "messages": messages, **fields})


def make_import(project: Project, *texts: str, **fields: Any) -> Import:
    """What came with one file: prompts of these texts, or one."""
    rows = len(texts) or 1
    said = {"name": "eggs.jsonl", "form": "JSON", "rows": rows, "created": rows, **fields}
    imported = Import.objects.create(project=project, **said)
    for text in texts or ("",):
        make_prompt(project, text, imported=imported)
    return imported


def make_completion(prompt: Prompt, text: str = "", **fields: Any) -> Completion:
    """A completion by no known model."""
    text = text or f"Boil it for {next(_numbers)} minutes."
    return Completion.objects.create(**{"prompt": prompt, "text": text, **fields})


def make_task(project: Project, kind: str = "demonstration", *, k: int = 4, **fields: Any) -> Task:
    """An open task, of `k` completions where its kind lets one choose. fields: of open_tasks."""
    prompt = fields.pop("prompt", None) or make_prompt(project)
    if kinds()[kind].reads_rubric and not prompt.rubric:
        prompt.rubric = RUBRIC
        prompt.save(update_fields=["rubric"])
    shown = kinds()[kind].completions
    if not shown.most:
        return open_tasks(project=project, kind=kind, prompts=[prompt], **fields)[0]
    texts = fields.pop("texts", [""] * (k if shown.is_chosen else shown.most))
    group = [make_completion(prompt, text) for text in texts]
    return open_tasks(project=project, kind=kind, groups=[group], **fields)[0]


def make_version(
    kind: str = "base", *, family: Family | None = None, **fields: Any
) -> ModelVersion:
    """A model version that points at no real folder."""
    number = next(_numbers)
    values = {
        "family": family,
        "kind": kind,
        "number": number,
        "name": f"{kind} v{number}",
        "sha256": f"{number:064x}",
        "uri": f"models/{number:064x}",
        "manifest": {},
    }
    return ModelVersion.objects.create(**{**values, **fields})


def make_annotation(task: Task, body: dict[str, Any] | None = None, **fields: Any) -> Annotation:
    """A counted answer by a new annotator; a ranking orders the completions by age."""
    annotator = fields.pop("annotator", None) or make_user()
    ids = list(task.completions.order_by("pk").values_list("pk", flat=True))
    rated = [{"completion": pk, "scales": {"overall": 4}, "flags": []} for pk in ids]
    ranked = {"tiers": [[pk] for pk in ids], "unacceptable": []}
    bodies: dict[str, dict[str, Any]] = {
        "demonstration": {"text": "Six minutes."},
        "ranking": ranked,
        "correction": {"completion": ids[0] if ids else 0, "text": "Six minutes."},
        "rating": {"ratings": rated},
        "combined": {"parts": {"rating": {"ratings": rated}, "ranking": ranked}, "presorted": {}},
        "comparison": {"better": ids[0] if ids else 0, "strength": 2, "both_bad": False},
        "critique": {"completion": ids[0] if ids else 0, "errors": [], "text": ""},
    }
    assignment = Assignment.objects.create(
        task=task,
        slot=task.assignments.count() + 1,
        annotator=annotator,
        state=Assignment.State.SUBMITTED,
        lease_until=timezone.now(),
        shown_order=ids,
    )
    values = {
        "project": task.project,
        "task": task,
        "assignment": assignment,
        "annotator": annotator,
        "kind": task.kind,
        "body": body or bodies[task.kind],
        "shown_order": ids,
        "guideline_version": 1,
        "is_simulated": annotator.is_simulated,
    }
    return Annotation.objects.create(**{**values, **fields})
