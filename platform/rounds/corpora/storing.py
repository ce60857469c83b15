"""Corpora stored, read and removed.

    corpus.parquet  a row for each text

Never changed: a run that names a corpus says to the letter what was mixed in.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError, MissingFilesError
from core.tables import Row, read_rows, write_rows
from core.text import clean_name
from jobs import services as jobs
from labeling.models import Project
from registry import copies, freezing
from rounds.corpora.models import FILE, Corpus
from rounds.retiring.handlers import REMOVE
from training.contract import manifest
from training.contract.tables import CORPUS

KIND = "corpora"
BEGINNING = 200  # characters


def add(*, project: Project, name: str, texts: Sequence[str], by: User) -> Corpus:
    """Keep `texts` under `name`; BadInputError where the project has the name or the texts.

    The file is written, and sent to a store at a URL, before any row is held.
    """
    name = clean_name(name)
    _require_new(project, name)

    def write(folder: Path) -> freezing.Files:
        count = write_rows(folder / FILE, ({"text": text} for text in texts), CORPUS)
        return {FILE: {**manifest.entry(folder / FILE), "rows": count}}

    sha256, files = freezing.freeze(KIND, write)
    try:
        return _keep(project=project, name=name, texts=texts, sha256=sha256, files=files, by=by)
    except BadInputError:
        payload = {"folders": [f"{KIND}/{sha256}"], "jobs": []}
        jobs.enqueue(kind=REMOVE, payload=payload, created_by=by)  # unless a row names it
        raise


def _require_new(project: Project, name: str) -> None:
    if project.corpora.filter(name=name).exists():
        text = _("There is a corpus of this name. Give this one another.")
        raise BadInputError(text, errors={"name": text})


@transaction.atomic
def _keep(
    *,
    project: Project,
    name: str,
    texts: Sequence[str],
    sha256: str,
    files: freezing.Files,
    by: User,
) -> Corpus:
    """The row of a folder that is written; one at a time in a project."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    _require_new(project, name)
    if same := project.corpora.filter(sha256=sha256).first():
        text = _("These texts are here already, as “%s”.") % same.name
        raise BadInputError(text, errors={"file": text})
    corpus = Corpus.objects.create(
        project=project,
        name=name,
        sha256=sha256,
        uri=f"{KIND}/{sha256}",
        manifest=files,
        texts=len(texts),
        characters=sum(map(len, texts)),
        beginning=" ".join(texts[0][: 2 * BEGINNING].split())[:BEGINNING],
        added_by=by,
    )
    details = {"corpus": name, "sha256": sha256}
    audit(
        actor=by,
        action="corpus.added",
        target=f"labeling.Project:{project.pk}",
        details=details,
    )
    return corpus


@transaction.atomic
def remove(*, corpus: Corpus, by: User) -> None:
    """Forget it and its files; ConflictError where a run was trained on it."""
    row = Corpus.objects.select_for_update().get(pk=corpus.pk)
    if runs := row.runs.count():
        text = ngettext(
            "%(n)s run was launched with it, and says by it what was mixed in.",
            "%(n)s runs were launched with it, and say by it what was mixed in.",
            runs,
        )
        raise ConflictError(text % {"n": runs})
    row.delete()
    payload = {"folders": [row.uri], "jobs": []}
    jobs.enqueue(kind=REMOVE, payload=payload, created_by=by)
    details = {"corpus": row.name, "sha256": row.sha256}
    target = f"labeling.Project:{row.project_id}"
    audit(actor=by, action="corpus.removed", target=target, details=details)


def read(corpus: Corpus) -> Iterator[Row]:
    """Its texts, in order, as rows of the contract's table."""
    path = copies.fetch(corpus.uri, corpus.manifest) / FILE
    if not path.is_file():
        raise MissingFilesError(f"{corpus} is not whole in {root()}: no {FILE}")
    return read_rows(path, CORPUS)


def names(project: Project) -> list[str]:
    """Of those that the project has."""
    return list(project.corpora.order_by("name").values_list("name", flat=True))


def root() -> Path:
    """Where their folders lie."""
    return freezing.root(KIND)


def sweep() -> list[str]:
    """Remove what a killed `add` left half-written; the folders' names."""
    return freezing.sweep(KIND)
