"""Whether the files of what is kept in the store are as the database says: after a restore."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import BadInputError
from registry import copies, remote, store
from registry.models import ModelVersion
from rounds.models import Corpus, FrozenExport, Snapshot
from training.contract import manifest
from training.contract.manifest import ManifestError


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A folder that the database names. fault: what is wrong with it, or empty."""

    name: str
    uri: str
    fault: str


def verify(*, quick: bool = False) -> Iterator[Artifact]:
    """Each model, snapshot, corpus and frozen export. quick: whether the files are there."""
    for version in ModelVersion.objects.select_related("family").order_by("pk"):
        family = version.family.name if version.family else "every project"
        yield _verified(f"{version.name} of {family}", version, quick=quick)
    for snapshot in Snapshot.objects.select_related("project").order_by("pk"):
        yield _verified(f"{snapshot} of {snapshot.project.slug}", snapshot, quick=quick)
    for corpus in Corpus.objects.select_related("project").order_by("pk"):
        yield _verified(f"{corpus} of {corpus.project.slug}", corpus, quick=quick)
    for frozen in FrozenExport.objects.exclude(uri="").select_related("project").order_by("pk"):
        yield _verified(f"{frozen} of {frozen.project.slug}", frozen, quick=quick)


def _verified(
    name: str, row: ModelVersion | Snapshot | Corpus | FrozenExport, *, quick: bool
) -> Artifact:
    return Artifact(name=name, uri=row.uri, fault=_fault(row.uri, row.manifest, quick=quick))


def _fault(uri: str, files: dict[str, Any], *, quick: bool) -> str:
    """What is wrong with the folder at `uri`, of which `files` says size and SHA-256 of each."""
    try:
        folder = store.path_of(uri)
    except BadInputError as error:
        return error.message
    if settings.STORE_URL:
        return remote.fault(uri, copies.plain(files), quick=quick)
    if missing := manifest.missing(folder, files):
        return f"no {missing}" if folder.is_dir() else "its folder is missing"
    return "" if quick else _damage(folder, files)


def _damage(folder: Path, files: dict[str, Any]) -> str:
    try:
        manifest.verify(folder, copies.plain(files))
    except ManifestError as error:
        return str(error).removeprefix(f"{folder.name}: ")
    except OSError as error:
        return str(error)
    return ""
