"""Folders that never change, each named by what is in it: snapshots, corpora, exports."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from registry import copies, store
from training.contract import manifest

EXPORTS = "exports"  # the kind of those of frozen exports
Files = dict[str, dict[str, Any]]  # name: {sha256, size, rows}


def freeze(kind: str, write: Callable[[Path], Files]) -> tuple[str, Files]:
    """What `write` puts into a folder, kept as `kind`/<sha256>; that name and what is in it.

    The same content is there once. In its place here before it is in a store at a URL, so that
    `copies.uploading` finds it.
    """
    folder = root(kind) / f"tmp-{uuid.uuid4().hex}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        files = write(folder)
        text = json.dumps({"files": files}, indent=2, sort_keys=True)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        (folder / manifest.NAME).write_text(text, encoding="utf-8")
        manifest.sync_tree(folder)
        store.move_into_place(folder, folder.with_name(sha256), copies.plain(files))
        copies.publish(f"{kind}/{sha256}", files)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return sha256, files


def root(kind: str) -> Path:
    """Where the folders of one kind lie."""
    return Path(settings.ARTIFACTS) / kind


def sweep(kind: str) -> list[str]:
    """Remove what a killed `freeze` left half-written, after a day of grace; the folders' names."""
    return [folder.name for folder in store.remove_leftovers(root(kind).glob("tmp-*"))]
