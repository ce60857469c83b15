"""The drill of docs/backup.md: its commands are run, as they stand, on a whole installation."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.upgrade.conftest import COPY, Then, in_database, on_server

ROOT = Path(__file__).resolve().parents[2]
RESTORED = "rondo_restored"
BACK_UP, RESTORE, VERIFY = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs/backup.md").read_text("utf-8"), flags=re.DOTALL
)


@pytest.fixture
def empty_database(then_at_work: Then) -> str:
    on_server(f"DROP DATABASE IF EXISTS {RESTORED}", f"CREATE DATABASE {RESTORED}")
    yield RESTORED
    on_server(f"DROP DATABASE {RESTORED} WITH (FORCE)")


def walk(commands: str, *, database: str, artifacts: Path, folder: Path) -> tuple[int, str]:
    """Run a block of the page; its exit code and what it printed."""
    server = connection.settings_dict
    address = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}"
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-euc", commands],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": f"postgresql://{address}/{database}",
            "RONDO_VAR": str(folder / "var"),
            "RONDO_ARTIFACTS": str(artifacts),
            "BACKUP": str(folder / "backup"),
            "PATH": os.pathsep.join(programs),
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def digests(database: str) -> dict[str, tuple[int, str]]:
    """Of each table: how many rows, and a digest of them."""
    with in_database(database), connection.cursor() as cursor:
        return {table: digest_of(cursor, table) for table in connection.introspection.table_names()}


def digest_of(cursor, table: str) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    rows = "count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
    cursor.execute(f"SELECT {rows} FROM {table} t")  # noqa: S608  the database's own names
    return cursor.fetchone()


@pytest.mark.slow
def test_the_drill_brings_everything_back_and_names_what_is_not_there(
    then_at_work: Then, empty_database: str, tmp_path: Path
) -> None:
    here, there = then_at_work.folder / "artifacts", tmp_path / "elsewhere"
    connection.close()
    before = digests(COPY)
    assert before["labeling_annotation"][0] > 20

    for _day in range(2):
        code, said = walk(BACK_UP, database=COPY, artifacts=here, folder=tmp_path)
        assert code == 0, said
    kept = sorted(path.name for path in (tmp_path / "backup/artifacts").iterdir())
    assert kept == sorted(path.name for path in here.iterdir())
    code, said = walk(RESTORE, database=empty_database, artifacts=there, folder=tmp_path)

    assert code == 0, said
    whole = re.search(
        r"^(\d+) models, snapshots, corpora and exports are whole, 0 are not$", said, flags=re.M
    )
    assert whole is not None, said
    assert int(whole[1]) > 5
    assert digests(empty_database) == before

    model, snapshot = (sorted((there / kind).iterdir())[0] for kind in ("models", "snapshots"))
    shutil.rmtree(model)
    rankings = next(path for path in snapshot.glob("*.parquet"))
    rankings.chmod(0o644)
    content = rankings.read_bytes()
    rankings.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    code, said = walk(VERIFY, database=empty_database, artifacts=there, folder=tmp_path)

    assert code == 1
    assert f": its folder is missing (models/{model.name})\n" in said
    assert f": {rankings.name} has changed (snapshots/{snapshot.name})\n" in said
    assert (
        f"{int(whole[1]) - 2} models, snapshots, corpora and exports are whole, 2 are not\n" in said
    )
