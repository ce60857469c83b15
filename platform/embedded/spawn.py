"""The processes of one stack: started as an ordinary user where need be, and found again.

`end_marked` finds every process of a stack, orphaned grandchildren included, by a variable that
they inherit.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

MARK = "RONDO_STACK"  # environment variable: the folder of the stack that a process belongs to

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_KEEPCAPS, _PR_SET_SECUREBITS = 8, 28
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_VERSION, _CAP_DAC_OVERRIDE = 0x20080522, 1


def unprivileged() -> Callable[[], None]:
    """For `processes.start(before=…)`: root becomes `nobody`, who may still enter all folders."""
    account = _unprivileged_account()  # looked up in the parent: the child should do little
    if account is None:
        return lambda: None
    return partial(_become, account.pw_uid, account.pw_gid)


def give_away(folder: Path) -> None:
    """Make `folder` belong to the user that unprivileged children run as."""
    if account := _unprivileged_account():
        os.chown(folder, account.pw_uid, account.pw_gid)


def first_closed(*paths: Path) -> Path | None:
    """The first folder on the way to `paths`, or of them, that unprivileged children may not use.

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
