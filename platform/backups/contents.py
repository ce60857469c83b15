"""What a backup says of itself: BACKUP.json, written last, so that what it names is there.

<folder>/BACKUP.json
<folder>/database-<time>.dump        pg_dump's custom format
<folder>/artifacts/models/<sha256>/… as in the artifact store; snapshots/, corpora/, exports/ too
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInputError
from training.contract import manifest
from training.contract.manifest import File, Files

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NAME = "BACKUP.json"
FORMAT = 1
ARTIFACTS = "artifacts"


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that is in a backup.

    release: that made it, as core.release has it. migrations: app -> those that its database has.
    tables: name -> rows. artifacts: uri -> file -> size and SHA-256. missing: uri -> why an
    artifact that the database names could not be copied.
    """

    format: int
    release: str
    created_at: str
    migrations: dict[str, list[str]]
    dump: str
    database: File
    tables: dict[str, int]
    artifacts: dict[str, Files]
    missing: dict[str, str]

    def write(self, folder: Path) -> None:
        """In the place of what a backup before this one said."""
        put(folder / NAME, self)


def put(path: Path, contents: "DataclassInstance") -> None:
    """Write `contents` to `path` as JSON: whole, or not at all."""
    temporary = path.with_name(f"tmp-{path.name}")
    text = json.dumps(asdict(contents), indent=1, sort_keys=True, ensure_ascii=False)
    temporary.write_text(text + "\n", encoding="utf-8")
    manifest.put_in_place(temporary, path)


def read(folder: Path) -> Contents:
    """What is in the backup in `folder`; BadInputError where there is none that can be read."""
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if int(said["format"]) > FORMAT:
            raise BadInputError(
                f"{folder} is a backup of format {said['format']}, this Rondo reads up to {FORMAT}:"
                " install a newer one"
            )
        return Contents(**said)
    except OSError as error:
        raise BadInputError(f"{folder} is no whole backup: it has no {NAME}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(f"{folder / NAME} cannot be read: {error}") from error
