"""Labels that came with a file, stored as answers that train and count in no figure about people.

Each is a task of its own that was done before it came, asked by no round, with the texts that were
judged; its annotator is one account that nobody signs in to, and `ImportedLabel` says which file it
is of and who gave it there (docs/decisions/0080).
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import ensure_user
from core.errors import BadInputError
from labeling import kind_settings
from labeling.formats import Label
from labeling.kinds import kinds
from labeling.labeled_files import LabelRow
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Import,
    ImportedLabel,
    KindSettings,
    Project,
    Prompt,
    Purpose,
    Task,
)

NO_ROUND = 0  # of tasks that no round asked for
NOBODY = "imported@labels.invalid"  # the address of the account that all such answers have
AT_ONCE = 2000  # labels that are written together
PSEUDONYM = 8  # digits


def annotator() -> User:
    """Who stands in the place of the people who labeled elsewhere."""
    return ensure_user(email=NOBODY, name="Imported", is_active=False)


def pseudonym(project: Project, who: str) -> str:
    """A name for a person of a file: the same in all files of a project, and in no other."""
    if not who:
        return ""
    return hashlib.sha256(f"{project.pk}:{who}".encode()).hexdigest()[:PSEUDONYM]


class Asked(NamedTuple):
    """The settings under which answers of a kind are read."""

    version: KindSettings | None
    content: Any


class Keeper:
    """Finds the kind of each label and how it says it."""

    def __init__(self, project: Project) -> None:
        self._settings = {name: _asked(project, name) for name in kinds()}

    def kept(self, label: Label, ids: Sequence[int]) -> tuple[str, dict[str, Any]] | None:
        """The kind of a label and its body; None where no kind has a place for it."""
        first = [label.kind] if label.kind in kinds() else []
        for name in dict.fromkeys([*first, *kinds()]):
            body = kinds()[name].imported(label, ids, self._settings[name].content)
            if body is not None:
                return name, body
        return None

    def version(self, kind: str) -> KindSettings | None:
        """What the tasks of a kind are asked under."""
        return self._settings[kind].version

    def check(self, row: LabelRow) -> None:
        """BadInputError where no kind of the project has a place for a label."""
        if self.kept(row.label, range(len(row.label.texts))) is None:
            raise BadInputError(_("line %(line)s: %(what)s") % _line(row))


def _asked(project: Project, kind: str) -> Asked:
    version = kind_settings.newest(project, kind)
    return Asked(version, kinds()[kind].read_settings(version.content if version else None))


def _misfit(label: Label) -> str:
    names = dict.fromkeys(name for text in label.texts for name in text.criteria)
    return _(
        "it judges texts by %(names)s, which are not the criteria of this project. Make them the"
        " same on the page “Task pages”, and import the file again."
    ) % {"names": ", ".join(names) or "–"}


@transaction.atomic
def store_labels(
    *, project: Project, rows: Sequence[LabelRow], imported: Import, prompts: dict[str, Prompt]
) -> int:
    """Store the labels that the project does not have yet and return how many.

    prompts: the prompt of each, by its hash.
    """
    by_sha = {row.sha256: row for row in rows}
    known = ImportedLabel.objects.filter(project=project, sha256__in=list(by_sha))
    for sha256 in known.values_list("sha256", flat=True):
        del by_sha[sha256]
    new, keeper = list(by_sha.items()), Keeper(project)
    by = annotator() if new else None
    for start in range(0, len(new), AT_ONCE):
        assert by
        _store(new[start : start + AT_ONCE], imported, prompts, keeper, by)
    return len(new)


def _store(
    rows: list[tuple[str, LabelRow]],
    imported: Import,
    prompts: dict[str, Prompt],
    keeper: Keeper,
    by: User,
) -> None:
    project, now = imported.project, timezone.now()
    texts = Completion.objects.bulk_create(
        Completion(
            prompt=prompts[row.prompt],
            text=text.text,
            round_number=NO_ROUND,
            sampling={"model": text.model} if text.model else {},
        )
        for _sha, row in rows
        for text in row.label.texts
    )
    each = iter(texts)
    ids = [[next(each).pk for _text in row.label.texts] for _sha, row in rows]
    said: list[tuple[str, dict[str, Any]]] = []
    for (_sha, row), pks in zip(rows, ids, strict=True):
        kept = keeper.kept(row.label, pks)
        if kept is None:
            raise BadInputError(_("line %(line)s: %(what)s") % _line(row))
        said.append(kept)
    versions = {kind: kind_settings.in_force(project, kind) for kind, _body in said}
    tasks = Task.objects.bulk_create(
        Task(
            project=project,
            kind=kind,
            prompt=prompts[row.prompt],
            settings=versions[kind],
            language=prompts[row.prompt].language,
            purpose=Purpose.IMPORTED,
            round_number=NO_ROUND,
            state=Task.State.DONE,
            free_slots=0,
        )
        for (_sha, row), (kind, _body) in zip(rows, said, strict=True)
    )
    shows = Task.completions.through
    shows.objects.bulk_create(
        shows(task_id=task.pk, completion_id=pk)
        for task, pks in zip(tasks, ids, strict=True)
        for pk in pks
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            annotator=by,
            purpose=Purpose.IMPORTED,
            slot=0,
            state=Assignment.State.SUBMITTED,
            lease_until=now,
            shown_order=pks,
        )
        for task, pks in zip(tasks, ids, strict=True)
    )
    answers = Annotation.objects.bulk_create(
        Annotation(
            project=project,
            task=task,
            assignment=assignment,
            annotator=by,
            kind=task.kind,
            round_number=NO_ROUND,
            language=task.language,
            split=prompts[row.prompt].split,
            body=body,
            concerns=list(row.label.concerns),
            comment=row.label.comment,
            shown_order=assignment.shown_order,
            guideline_version=project.guideline_version,
            client_key=uuid.uuid4(),
            is_simulated=project.is_simulated,
            purpose=Purpose.IMPORTED,
        )
        for task, assignment, (_sha, row), (_kind, body) in zip(
            tasks, assignments, rows, said, strict=True
        )
    )
    ImportedLabel.objects.bulk_create(
        ImportedLabel(
            annotation=answer,
            project=project,
            imported=imported,
            sha256=sha256,
            who=pseudonym(project, row.label.who),
            about=row.label.about,
        )
        for answer, (sha256, row) in zip(answers, rows, strict=True)
    )


def _line(row: LabelRow) -> dict[str, Any]:
    return {"line": row.line, "what": _misfit(row.label)}
