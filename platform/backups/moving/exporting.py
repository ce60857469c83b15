"""Writing a project into a folder: all its rows as of one moment, and the files that they name."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model, Q
from django.utils import timezone

from accounts.models import User
from backups import making
from backups.moving import contents, people
from backups.moving.contents import Contents, Rows
from backups.moving.ids import has_own
from backups.moving.tables import TABLES, Table
from core.errors import BadInputError, ConflictError, NotFoundError
from core.release import own_release
from jobs.models import Job
from labeling.models import Project, PromptOriginal
from registry import copies
from registry.models import ModelVersion
from rounds.retiring.loss import jobs_of
from training.contract import manifest
from training.contract.manifest import Files

Tell = Callable[[str], None]
AT_ONCE = 2000  # rows that are read together
ARTIFACTS = ("registry.modelversion", "rounds.corpus", "rounds.snapshot", "rounds.frozenexport")
BASE = ("name", "sha256", "uri", "manifest", "template_hash", "parameters", "source", "licence")


@dataclass(kw_only=True)
class Named:
    """What rows name that is in no table of the project: people, models, folders of artifacts."""

    people: set[int] = field(default_factory=set)
    models: set[int] = field(default_factory=set)
    artifacts: dict[str, Files] = field(default_factory=dict)


def export(slug: str, folder: Path, *, originals: bool, tell: Tell) -> Contents:
    """Write the project into `folder`, which is new or empty.

    originals: with what prompts said before personal data was taken out of them. NotFoundError
    where there is no such project, ConflictError where it cannot be parted from what goes on.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInputError(f"{folder} is not empty: name a new folder")
    with making.moment():
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise NotFoundError(f"There is no project {slug}")
        _require_at_rest(project)
        (folder / contents.TABLES).mkdir(parents=True, mode=0o700)
        named, tables = Named(), {}
        for table in TABLES:
            if originals or table.model is not PromptOriginal:
                tell(table.name)
                tables[table.name] = _write(table, project, folder, named)
        bases = _bases(project, named)
        facts: dict[str, Any] = {
            "created_at": timezone.now().isoformat(timespec="seconds"),
            "migrations": making.migrations(),
            "family": project.family_id,
            "kinds": sorted(set(project.tasks.order_by().values_list("kind", flat=True))),
            "people": people.told(project, named.people),
        }
    artifacts, missing = making.copy_all(named.artifacts, folder / contents.ARTIFACTS, tell=tell)
    made = Contents(
        format=contents.FORMAT,
        release=own_release(),
        slug=project.slug,
        name=project.name,
        tables=tables,
        bases=bases,
        artifacts=artifacts,
        missing=missing,
        **facts,
    )
    made.write(folder)
    return made


def _require_at_rest(project: Project) -> None:
    running = jobs_of(project).exclude(state__in=Job.ENDED).order_by("pk")
    if (job := running.select_related("run").first()) is not None:
        raise ConflictError(
            f"Run {job.run.pk} of {project.slug} has not ended: wait for it, or cancel it"
        )


def _write(table: Table, project: Project, folder: Path, named: Named) -> Rows:
    """Write the rows of one table, and note what they name."""
    columns = [column.attname for column in table.columns]
    counted, first, last = 0, 0, 0
    key = table.model._meta.pk.attname
    path = contents.table_file(folder, table.name)
    with path.open("w", encoding="utf-8") as file:
        for row in _rows(table, project, columns):
            _note(table, row, named)
            file.write(json.dumps(list(row.values()), ensure_ascii=False, default=_plain) + "\n")
            counted += 1
            if key in row and has_own(table.model):
                first, last = first or row[key], row[key]
    manifest.sync(path)
    return Rows(columns=columns, rows=counted, first=first, last=last, file=manifest.entry(path))


def _rows(table: Table, project: Project, columns: list[str]) -> Iterator[dict[str, Any]]:
    """Each row of the table as column -> value, the oldest first."""
    belongs = Q()
    for lookup in table.of:
        belongs |= Q(**{lookup: project.pk})
    found = table.model._base_manager.filter(belongs, table.only).order_by("pk")
    for values in found.values_list(*columns).iterator(chunk_size=AT_ONCE):
        yield dict(zip(columns, values, strict=True))


def _note(table: Table, row: dict[str, Any], named: Named) -> None:
    for model, values in _references(table, row):
        if model is User:
            named.people.update(values)
        elif model is ModelVersion:
            named.models.update(values)
    if table.name in ARTIFACTS and row["uri"]:
        named.artifacts[row["uri"]] = copies.plain(row["manifest"])


def _references(table: Table, row: dict[str, Any]) -> Iterator[tuple[type[Model], list[int]]]:
    """What the foreign keys of a row name, and its lists of people."""
    for column in table.columns:
        value = row[column.attname]
        if isinstance(column, ForeignKey) and value is not None:
            yield column.remote_field.model, [value]
        for place, model in table.refers.get(column.name, ()):
            if place == "*" and model is User:
                yield model, value


def _bases(project: Project, named: Named) -> list[dict[str, Any]]:
    """The base models that the project uses; ConflictError where it uses another project's."""
    others = ModelVersion.objects.filter(pk__in=named.models).exclude(family=project.family_id)
    rows: list[dict[str, Any]] = []
    for version in others.select_related("family").order_by("pk"):
        if version.family is not None:
            raise ConflictError(
                f"{project.slug} uses {version} of {version.family}: a project moves alone"
            )
        named.artifacts[version.uri] = copies.plain(version.manifest)
        rows.append({"id": version.pk, **{name: getattr(version, name) for name in BASE}})
        rows[-1]["metrics"] = version.metrics
    return rows


def _plain(value: object) -> str:
    """Times to the microsecond, and UUIDs."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that moves")
