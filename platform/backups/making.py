"""Making a backup while people work.

One read-only transaction sees the database as it is at one moment: in it the artifacts are listed
and the rows counted, and pg_dump reads what it exports. Artifacts are copied afterwards: what a row
names was there before the row, and never changes. Labels that come meanwhile are in the next one.
"""

import logging
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from backups import contents, copying, programs
from backups.contents import Contents
from core.errors import BadInputError, JobFailedError, MissingFilesError
from core.release import own_release
from registry import copies
from registry.models import ModelVersion
from rounds.models import Corpus, FrozenExport, Snapshot
from training.contract import manifest
from training.contract.manifest import File, Files, ManifestError

logger = logging.getLogger(__name__)

Tell = Callable[[str], None]


def make(folder: Path, *, tell: Tell) -> Contents:
    """Back up into `folder`, which is new, empty or holds a backup, whose place this one takes.

    Until the end the one before stays whole; artifacts that it has are not copied again.
    """
    _require_ours(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    dump = f"database-{timezone.now():%Y%m%dT%H%M%S%f}.dump"
    with moment() as exported:
        tell("the database")
        created_at = timezone.now().isoformat(timespec="seconds")
        counted, applied = tables(), migrations()
        named = _named(counted)
        _dump(folder / dump, exported)
    artifacts, missing = copy_all(named, folder / contents.ARTIFACTS, tell=tell)
    made = Contents(
        format=contents.FORMAT,
        release=own_release(),
        created_at=created_at,
        migrations=applied,
        dump=dump,
        database=manifest.entry(folder / dump),
        tables=counted,
        artifacts=artifacts,
        missing=missing,
    )
    made.write(folder)
    _tidy(folder, made)
    return made


def _require_ours(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / contents.NAME).exists():
        begun = [path.name for path in folder.iterdir()]
        ours = all(name == contents.ARTIFACTS or name.startswith("database-") for name in begun)
        if not ours:  # else a backup was begun here, and did not come to its end
            raise BadInputError(f"{folder} holds something else: name an empty folder, or a backup")


@contextmanager
def moment() -> Iterator[str]:
    """A transaction that sees the database as it is now; the name by which others see the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while pg_dump reads
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def tables() -> dict[str, int]:
    """name -> rows of each table."""
    counted = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            counted[name] = int(cursor.fetchone()[0])
    return counted


def migrations() -> dict[str, list[str]]:
    """app -> the migrations that the database has."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def _named(there: Collection[str]) -> dict[str, Files]:
    """uri -> files of each artifact that the database names, which may be of an earlier version."""
    found: dict[str, Files] = {}
    for model in (ModelVersion, Snapshot, Corpus, FrozenExport):
        if model._meta.db_table in there:
            written = model._base_manager.exclude(uri="")  # an export may wait for its job
            rows = written.values_list("uri", "manifest")
            found |= {uri: copies.plain(files) for uri, files in rows}
    return found


def _dump(target: Path, exported: str) -> None:
    target.touch(mode=0o600)
    options = ["--format=custom", "--no-owner", "--no-privileges"]
    try:
        programs.run("pg_dump", [*options, f"--snapshot={exported}", f"--file={target}"])
    except BadInputError:
        target.unlink()
        raise
    manifest.sync(target)


def copy_all(
    named: dict[str, Files], target: Path, *, tell: Tell
) -> tuple[dict[str, Files], dict[str, str]]:
    """Those that are in the backup now, and why the others are not."""
    there: dict[str, Files] = {}
    missing: dict[str, str] = {}
    for uri, files in sorted(named.items()):
        if not copying.is_whole(target / uri, files):
            tell(uri)
            try:
                with copies.keeping():
                    copying.copy(copies.fetch(uri, files), target / uri, files)
            except (ManifestError, MissingFilesError, JobFailedError) as error:
                logger.warning("%s is not in the backup: %s", uri, error)
                missing[uri] = str(error)
                continue
        there[uri] = files
    return there, missing


def _tidy(folder: Path, made: Contents) -> None:
    """Remove what the backup does not name: dumps and artifacts of the ones before."""
    for path in folder.glob("database-*.dump"):
        if path.name != made.dump:
            path.unlink()
    for path in (folder / contents.ARTIFACTS).glob("*/*"):
        if f"{path.parent.name}/{path.name}" not in made.artifacts:
            shutil.rmtree(path)


def sum_of(folder: Path, made: Contents) -> File:
    """Size and SHA-256 of the dump as it lies there now; BadInputError where it is gone."""
    try:
        return manifest.entry(folder / made.dump)
    except OSError as error:
        raise BadInputError(f"{folder}: {made.dump} cannot be read: {error}") from error
