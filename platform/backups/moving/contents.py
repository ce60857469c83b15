"""What the folder of a project says of itself: PROJECT.json, written last.

<folder>/PROJECT.json
<folder>/tables/labeling.prompt.jsonl  a row a line: its values, whose columns PROJECT.json names
<folder>/artifacts/models/<sha256>/…   as in the artifact store; snapshots/, corpora/, exports/ too
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backups.contents import put
from core.errors import BadInputError
from training.contract.manifest import File, Files

NAME = "PROJECT.json"
# Raised whenever rows of an earlier one could not be read as they are, as after a migration that
# changes what values mean.
FORMAT = 1
ARTIFACTS = "artifacts"
TABLES = "tables"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table. first, last: of the ids; 0 where there is no row, or the ids are nobody's."""

    columns: list[str]
    rows: int
    first: int
    last: int
    file: File


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody by the pseudonym that exports have. is_nobody: who stands for those of files."""

    name: str
    is_simulated: bool
    is_nobody: bool


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that is in the folder.

    release, migrations: of the server that wrote it, as in a backup. family: the id of its models'.
    tables: name -> what is in the file. people: id -> who. bases: columns of the base models that
    it uses. kinds: of its tasks. artifacts, missing: as in a backup.
    """

    format: int
    release: str
    created_at: str
    migrations: Mapping[str, list[str]]
    slug: str
    name: str
    family: int
    kinds: list[str]
    tables: Mapping[str, Rows]
    people: Mapping[str, Person]
    bases: list[dict[str, Any]]
    artifacts: Mapping[str, Files]
    missing: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Whole, or not at all."""
        put(folder / NAME, self)


def table_file(folder: Path, name: str) -> Path:
    """Where the rows of a table lie."""
    return folder / TABLES / f"{name}.jsonl"


def read(folder: Path) -> Contents:
    """What is in `folder`; BadInputError where there is no project that can be read."""
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if int(said["format"]) > FORMAT:
            raise BadInputError(
                f"{folder} is a project of format {said['format']}, this Rondo reads up to"
                f" {FORMAT}: install a newer one"
            )
        tables = {name: Rows(**facts) for name, facts in said.pop("tables").items()}
        people = {key: Person(**facts) for key, facts in said.pop("people").items()}
        return Contents(**said, tables=tables, people=people)
    except OSError as error:
        raise BadInputError(f"{folder} is no whole project: it has no {NAME}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(f"{folder / NAME} cannot be read: {error}") from error
