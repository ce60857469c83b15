"""A project from a folder: all is checked first, then its rows come in one transaction."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from accounts.services import audit, find_user
from backups import restoring
from backups.moving import contents, ids, people, writing
from backups.moving.contents import Contents
from backups.moving.ids import Ids
from backups.moving.tables import BY_NAME, TABLES
from core.errors import BadInputError, ConflictError, NotFoundError
from core.locks import one_at_a_time
from core.names import name_key
from core.text import clean_name
from labeling.kinds import kinds
from labeling.models import Membership, Project, Role
from labeling.projects import RESERVED
from registry import trust
from registry.models import Family, ModelVersion
from training.contract import manifest

Tell = Callable[[str], None]


def bring(
    folder: Path, *, manager: str, slug: str = "", name: str = "", tell: Tell
) -> tuple[Project, Contents]:
    """Have the project of `folder` here, with the person of the address `manager` as its manager.

    slug, name: in the place of its own. RondoError says why not; then no row has been written.
    """
    made = contents.read(folder)
    restoring.require_known(made.migrations, made.release)
    _require_readable(made)
    by = find_user(email=manager)
    if by is None or not by.is_active:
        raise NotFoundError(f"Nobody here has the address {manager}, who is to be its manager")
    slug, name = slug or made.slug, clean_name(name or made.name)
    _require_free(slug, name)
    tell("checking all sums")
    _require_sums(folder, made)
    for uri, files in sorted(made.artifacts.items()):
        tell(uri)
        restoring.bring(folder / contents.ARTIFACTS / uri, uri, files)
    blocks = {
        BY_NAME[table].model: ids.take(BY_NAME[table].model, first=rows.first, last=rows.last)
        for table, rows in made.tables.items()
        if rows.first
    }
    try:
        with transaction.atomic():
            project = _store(folder, made, Ids(blocks=blocks), slug, name, by, tell)
    except IntegrityError as error:
        raise BadInputError(f"{folder}: its rows do not fit together: {error}") from error
    return project, made


def _store(
    folder: Path, made: Contents, found: Ids, slug: str, name: str, by: User, tell: Tell
) -> Project:
    """All rows of the project; within a transaction."""
    one_at_a_time("projects")
    _require_free(slug, name)  # somebody may have made one since
    found.chosen[Family] = {made.family: Family.objects.create(name=slug).pk}
    found.chosen[User] = people.bring(made.people)
    found.chosen[ModelVersion] = dict(_bases(made))
    own = {"slug": slug, "name": name, "name_key": name_key(name)}
    rows = writing.Reading(ids=found, project=own)
    for table in TABLES:
        if (facts := made.tables.get(table.name)) is not None:
            tell(table.name)
            writing.copy_in(table, facts.columns, _lines(folder, table.name), rows)
    (old,) = (row["id"] for row in _rows_of(folder, made, Project._meta.label_lower))
    project = Project.objects.get(pk=found.of(Project)(old))
    people.keep_names(project, made.people, found.chosen[User])
    Membership.objects.create(project=project, user=by, role=Role.MANAGER)
    audit(actor=by, action="project.imported", target=f"labeling.Project:{project.pk}")
    return project


def _lines(folder: Path, table: str) -> Iterator[list[Any]]:
    with contents.table_file(folder, table).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _rows_of(folder: Path, made: Contents, table: str) -> Iterator[dict[str, Any]]:
    for values in _lines(folder, table):
        yield dict(zip(made.tables[table].columns, values, strict=True))


def _bases(made: Contents) -> Iterator[tuple[int, int]]:
    """The id there and here of each base model: the same files are the same model."""
    for row in made.bases:
        facts = {name: value for name, value in row.items() if name != "id"}
        bases = ModelVersion.objects.select_for_update().filter(family=None, kind="base")
        version = bases.filter(sha256=row["sha256"]).first()
        if version is None:
            last = bases.order_by().aggregate(last=Max("number"))["last"] or 0
            version = ModelVersion.objects.create(kind="base", number=last + 1, **facts)
        yield row["id"], version.pk


def _require_readable(made: Contents) -> None:
    """BadInputError where a table, a column or a kind is not known here."""
    for name, rows in made.tables.items():
        known = {column.attname for column in BY_NAME[name].columns} if name in BY_NAME else set()
        if more := sorted(set(rows.columns) - known):
            raise BadInputError(
                f"The project is of Rondo {made.release}, which has {name}.{more[0]}, and this one "
                "has not: both servers have to be of one version"
            )
    if more := sorted(set(made.kinds) - set(kinds())):
        raise BadInputError(f"The project has tasks of the kind {more[0]}, which is not known here")


def _require_free(slug: str, name: str) -> None:
    families = Family.objects.filter(name=slug).exists()
    if slug in RESERVED or families or Project.objects.filter(slug=slug).exists():
        raise ConflictError(f"There is a project {slug} here: give another one with --slug")
    if Project.objects.filter(name_key=name_key(name)).exists():
        raise ConflictError(f"There is a project “{name}” here: give another name with --name")


def _require_sums(folder: Path, made: Contents) -> None:
    for name, rows in made.tables.items():
        path = contents.table_file(folder, name)
        try:
            found = manifest.entry(path)
        except OSError as error:
            raise BadInputError(f"{folder}: {path.name} cannot be read: {error}") from error
        if found != rows.file:
            raise BadInputError(f"{folder}: {path.name} is damaged: its SHA-256 is another one")
    artifacts = folder / contents.ARTIFACTS
    restoring.require_artifacts(artifacts, made.artifacts)
    for uri in made.artifacts:
        if uri.startswith("models/"):
            trust.check(artifacts / uri)  # data alone, nothing that could run
