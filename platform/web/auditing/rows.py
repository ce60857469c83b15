"""The newest acts first: two tables as one list, a page at a time by the keys of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.urls import reverse

from accounts.models import AuditEntry, User
from core.paging import as_key
from labeling.models import Project, Review
from rounds.models import Round
from web.auditing import details
from web.auditing.words import ACTIONS, TARGETS

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST = 200  # characters of the details


@dataclass(frozen=True, kw_only=True)
class Row:
    """Somebody did something. words: after the name. about, link: what it was done to."""

    when: datetime
    who: User | None
    words: str
    about: str
    link: str
    project: str
    details: str


Sources: TypeAlias = "tuple[QuerySet[AuditEntry], QuerySet[Review]]"


def page(sources: Sources, *, size: int, before: str) -> tuple[list[Row], str]:
    """`size` acts before those that the keys `before` name, and the keys for the next page.

    before: "entry-review", each the key beyond which its table goes on.
    """
    first, _dash, second = before.partition("-")
    keys = [as_key(first), as_key(second)]
    found: list[tuple[int, Any]] = []
    for number, (rows, key) in enumerate(zip(sources, keys, strict=True)):
        older: Any = rows if key is None else rows.filter(pk__lt=key)
        found += [(number, row) for row in older.order_by("-pk")[: size + 1]]
    found.sort(key=lambda pair: (pair[1].created_at, -pair[0], pair[1].pk), reverse=True)
    for number, row in found[:size]:
        keys[number] = row.pk
    beyond = "-".join(str(key or "") for key in keys) if len(found) > size else ""
    return _told([row for _number, row in found[:size]]), beyond


def _told(rows: Sequence[AuditEntry | Review]) -> list[Row]:
    """In words, with what they point at, in three queries."""
    entries = [row for row in rows if isinstance(row, AuditEntry)]
    projects = Project.objects.in_bulk([row.project for row in entries if row.project])
    rounds = Round.objects.in_bulk(_keys(entries, "rounds.Round"))
    named = [*_keys(entries, "accounts.User"), *details.people_in(entries)]
    people = User.objects.in_bulk(named)
    return [
        _of_review(row)
        if isinstance(row, Review)
        else _of_entry(row, projects.get(row.project or 0), rounds, people)
        for row in rows
    ]


def _keys(entries: Sequence[AuditEntry], label: str) -> list[int]:
    found = (entry.target.partition(":") for entry in entries)
    return [int(key) for name, _colon, key in found if name == label and key.isdecimal()]


def _of_review(row: Review) -> Row:
    project = row.annotation.project
    return Row(
        when=row.created_at,
        who=row.actor,
        words=row.get_verb_display(),
        about=f"{TARGETS['labeling.Annotation']} {row.annotation_id}",
        link=reverse("label", args=[project.slug, row.annotation_id]),
        project=project.name,
        details=row.text[:LONGEST],
    )


def _of_entry(
    row: AuditEntry, project: Project | None, rounds: dict[int, Round], people: dict[int, User]
) -> Row:
    label, _colon, key = row.target.partition(":")
    named = key
    if label == "rounds.Round" and int(key) in rounds:
        named = str(rounds[int(key)].number)
    if label == "accounts.User" and int(key) in people:
        named = str(people[int(key)])
    if "answer" in row.details and label == "labeling.Project":  # what became gold
        label, key = "labeling.Annotation", str(row.details["answer"])
        named = key
    return Row(
        when=row.created_at,
        who=row.actor,
        words=str(ACTIONS.get(row.action, row.action)),
        about="" if label == "labeling.Project" else f"{TARGETS.get(label, label)} {named}",
        link=_link(label, key, named, project),
        project=project.name if project else "",
        details=details.told(row.details, people)[:LONGEST],
    )


def _link(label: str, key: str, named: str, project: Project | None) -> str:
    """The page of a target; "" where it has none, or is gone with its project."""
    if project is None:
        return ""
    match label:
        case "labeling.Annotation":
            return reverse("label", args=[project.slug, key])
        case "labeling.Prompt":
            return reverse("prompt", args=[project.slug, key])
        case "labeling.Proposal":
            return reverse("proposal_decide", args=[project.slug, key])
        case "labeling.Task":
            return f"{reverse('labels', args=[project.slug])}?task={key}"
        case "rounds.Round":
            return reverse("round", args=[project.slug, named])
        case "rounds.Run":
            return reverse("run", args=[key])
        case "registry.ModelVersion":
            return reverse("model", args=[project.slug, key])
        case "webhooks.Endpoint":
            return f"{reverse('webhooks', args=[project.slug])}#webhook-{key}"
    return ""
