"""Child processes that cannot outlive the process that started them.

Linux tells a child when its parent dies (PR_SET_PDEATHSIG), however it dies; `start` asks for that
and puts each child in a process group of its own, so that Ctrl-C in the terminal reaches the parent
alone, which then ends its children in order. `end_marked` finds every process of one stack,
orphaned grandchildren included, by a variable that they inherit.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

MARK = "RONDO_STACK"  # environment variable: the folder of the stack that a process belongs to

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_SET_SECUREBITS = 1, 8, 28
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_VERSION, _CAP_DAC_OVERRIDE = 0x20080522, 1

Stream = int | IO[bytes]


def start(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    unprivileged: bool = False,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream | None = None,
    stderr: Stream = subprocess.STDOUT,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group; it gets `death_signal` when this process dies.

    unprivileged: when root, run it as `nobody`, which may still walk into folders closed to others.
    """
    parent = os.getpid()
    account = _unprivileged_account() if unprivileged else None

    def prepare() -> None:  # runs in the child, before exec
        if account is not None:
            _become(account.pw_uid, account.pw_gid)
        if sys.platform == "linux":  # after the change of user, which would clear it
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return subprocess.Popen(
        [str(word) for word in command],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr if stdout is not None else None,
        cwd=cwd,
        env=env,
        process_group=0,
        preexec_fn=prepare,
    )


def give_away(folder: Path) -> None:
    """Make `folder` belong to the user that `unprivileged` children run as."""
    if account := _unprivileged_account():
        os.chown(folder, account.pw_uid, account.pw_gid)


def first_closed(*paths: Path) -> Path | None:
    """The first folder on the way to `paths`, or of them, that `unprivileged` children may not use.

    Asks access(2) in such a child, as initdb does. subprocess.SubprocessError where root may not
    become another user.
    """
    account = _unprivileged_account()
    if account is None:
        return None
    on_the_way = [step for path in paths for step in (*reversed(path.parents), path)]

    def look() -> None:  # runs in the child and ends it
        _become(account.pw_uid, account.pw_gid)
        codes = (n for n, path in enumerate(on_the_way, 1) if not os.access(path, os.X_OK))
        os._exit(next(codes, 0))

    code = subprocess.run(["true"], check=False, preexec_fn=look).returncode
    return on_the_way[code - 1] if code else None


def _unprivileged_account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _become(uid: int, gid: int) -> None:
    """Change to an ordinary user and keep one capability: to enter folders closed to others.

    PostgreSQL refuses to run as root, and a clone below /root is closed to everybody else; opening
    such folders to all users would be worse.
    """
    if sys.platform == "linux":
        # access(2), by which initdb looks for its programs, heeds the capabilities of a user that
        # is not root only under this bit; without the right to set it they serve for the rest.
        if _LIBC.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0:
            _LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if sys.platform != "linux":
        return
    bit = 1 << _CAP_DAC_OVERRIDE
    if _set_capabilities(bit):
        _LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)
    else:
        _set_capabilities(0)


def _set_capabilities(bits: int) -> bool:
    """Have these capabilities (of the first 32) and no others; whether that is allowed."""
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
    return bool(_LIBC.capset(header, effective_permitted_inheritable) == 0)


def end(
    process: subprocess.Popen[bytes], *, first: signal.Signals = signal.SIGTERM, grace: float = 10
) -> int:
    """Ask `process` to end, after `grace` seconds kill its whole group; its exit code."""
    if process.poll() is None:
        process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
    signal_group(process.pid, signal.SIGKILL)
    return process.wait()


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def marked(stack: Path) -> list[int]:
    """The ids of all living processes of the stack in `stack`, this one left out."""
    wanted = f"{MARK}={stack}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            belongs = wanted in (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # gone meanwhile, or somebody else's
            continue
        if belongs and pid != os.getpid():
            found.append(pid)
    return found


def end_marked(stack: Path, *, grace: float, keep: Sequence[int] = ()) -> list[int]:
    """End every process of a stack but `keep`: SIGTERM, then SIGKILL; the ids of those killed."""
    deadline = time.monotonic() + grace
    number, killed = signal.SIGTERM, []
    asked: set[int] = set()
    while left := [pid for pid in marked(stack) if pid not in keep]:
        if time.monotonic() >= deadline:
            number, killed, asked = signal.SIGKILL, left, set()
            deadline = float("inf")
        for pid in left:
            if pid in asked and number == signal.SIGTERM:
                continue
            asked.add(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.05)
    return killed
