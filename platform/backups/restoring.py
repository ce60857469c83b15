"""Restoring a backup into an empty database and an empty artifact store.

All is checked before anything is written. The database is restored in one transaction: one that is
cut short leaves nothing, and the same command can be given again.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from backups import contents, copying, making, programs
from backups.contents import Contents
from core.errors import BadInputError, ConflictError
from registry import copies, remote, store
from training.contract import manifest
from training.contract.manifest import Files, ManifestError

Tell = Callable[[str], None]


def restore(folder: Path, *, tell: Tell) -> Contents:
    """Bring everything back, and the database to the version that is installed."""
    made = contents.read(folder)
    require_known(made.migrations, made.release)
    _require_empty(made)
    programs.find("pg_restore")
    tell("checking all sums")
    _require_sums(folder, made)
    for uri, files in sorted(made.artifacts.items()):
        tell(uri)
        bring(folder / contents.ARTIFACTS / uri, uri, files)
    tell("the database")
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    dump = str(folder / made.dump)
    programs.run("pg_restore", [*options, f"--dbname={connection.settings_dict['NAME']}", dump])
    if (found := making.tables()) != made.tables:
        wrong = sorted(name for name, rows in made.tables.items() if found.get(name) != rows)
        raise BadInputError(f"These tables have not as many rows as they had: {', '.join(wrong)}")
    tell("migrations")
    call_command("prepare", verbosity=0)
    return made


def require_known(migrations: Mapping[str, list[str]], release: str) -> None:
    """BadInputError where a newer Rondo has made it: its tables would not be understood."""
    newest: dict[str, str] = {}
    for app, name in MigrationLoader(None).disk_migrations:
        newest[app] = max(newest.get(app, ""), name[:4])
    for app, names in migrations.items():
        if max(names)[:4] > newest.get(app, ""):
            raise BadInputError(
                f"It is of Rondo {release}, which is newer than this one: its database"
                f" has {app} {max(names)}. Install that version, or a newer one."
            )


def _require_empty(made: Contents) -> None:
    """ConflictError unless both places are empty; what an earlier try has copied may stay."""
    if tables := connection.introspection.table_names():
        raise ConflictError(
            f"The database {connection.settings_dict['NAME']} is not empty: it has {len(tables)} "
            "tables. A restore never overwrites: let DATABASE_URL name an empty one."
        )
    for kind in copies.KINDS:
        if settings.STORE_URL:
            there = remote.names(kind)
        else:
            there = {path.name for path in (Path(settings.ARTIFACTS) / kind).glob("*")}
        there = {name for name in there if not name.startswith("tmp-")}
        if more := sorted({f"{kind}/{name}" for name in there} - made.artifacts.keys()):
            raise ConflictError(
                f"The artifact store {store.shown('')} is not empty: it has {more[0]}. "
                "Let RONDO_ARTIFACTS name an empty folder."
            )


def _require_sums(folder: Path, made: Contents) -> None:
    if making.sum_of(folder, made) != made.database:
        raise BadInputError(f"{folder}: {made.dump} is damaged: its SHA-256 is another one")
    require_artifacts(folder / contents.ARTIFACTS, made.artifacts)


def require_artifacts(folder: Path, artifacts: Mapping[str, Files]) -> None:
    """BadInputError where one below `folder` is not as its sums say."""
    for uri, files in artifacts.items():
        try:
            manifest.verify(folder / uri, files)
        except (ManifestError, OSError) as error:
            raise BadInputError(f"{folder}: {uri} is damaged: {error}") from error


def bring(source: Path, uri: str, files: Files) -> None:
    """Have an artifact, whose sums were checked, in the store."""
    if settings.STORE_URL:
        remote.upload(source, uri, files)
    elif not copying.is_whole(target := store.path_of(uri), files):
        copying.copy(source, target, files)
