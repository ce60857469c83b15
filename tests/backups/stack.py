"""Commands run as people run them: in processes of their own, on a database and a folder."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
# Of a table how many rows it has, and a digest of them, in whatever order they lie.
ROWS = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"


def environment(url: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": url,
        "RONDO_VAR": str(folder / "var"),
        "RONDO_ARTIFACTS": str(folder / "artifacts"),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
    }


def here() -> str:
    """The address of the database that the test has at hand."""
    said = connection.settings_dict
    server = f"{said['USER']}:{said['PASSWORD']}@{said['HOST']}:{said['PORT']}"
    return f"postgresql://{server}/{said['NAME']}"


def manage(*words: str | Path, url: str, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=ROOT,
        env=environment(url, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def digests(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as base:
        names = base.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        return {name: base.execute(ROWS.format(name)).fetchone() for (name,) in names}  # type: ignore[arg-type]
