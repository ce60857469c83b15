"""Which Rondo this process is: what must be the same in all processes of an installation."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.apps import apps

from training.contract import files

SHARED = ("contract/*.py", "*/spec.py")  # of `training`: what platform and trainers agree on


@cache
def own_release() -> str:
    """The version, and digests of the contract with trainers and of the database's form.

    Two checkouts of one version may differ in either.
    """
    return f"{_version()} (contract {contract()}, database {database()})"


def _version() -> str:
    try:
        return version("rondo-rlhf")
    except PackageNotFoundError:  # run from a folder in which nothing was installed
        return "unknown"


def contract() -> str:
    """A digest of the contract's files."""
    root = Path(files.__file__).parents[1]
    paths = sorted(path for pattern in SHARED for path in root.glob(pattern))
    return _digest(*(path.read_bytes() for path in paths))


def database() -> str:
    """A digest of the names of all migrations, none of which is loaded for that."""
    folders = {app.label: Path(app.path) / "migrations" for app in apps.get_app_configs()}
    names = {
        f"{label}/{path.stem}" for label, folder in folders.items() for path in folder.glob("0*.py")
    }
    return _digest(*(name.encode() for name in sorted(names)))


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:8]
