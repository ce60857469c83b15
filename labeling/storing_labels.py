"""Labels that came with a file, stored as answers that train and count in no figure about people.

Each is a task of its own that was done before it came, asked by no round, with the texts that were
judged; its annotator is one account that nobody signs in to, and `ImportedLabel` says which file it
is of and who gave it there (docs/decisions/0080).
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from secrets import token_hex
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import ensure_user
from core.errors import BadInputError
from core.postgresql.among import Among
from core.postgresql.copying import copy, keys
from core.text import json_text
from labeling import kind_settings
from labeling.datasets import HUMAN
from labeling.formats import Label, Text
from labeling.kinds import kinds, reads
from labeling.labeled_files import LabelRow
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Import,
    ImportedLabel,
    Project,
    Purpose,
    Task,
)
from labeling.pseudonyms import Naming, naming, of_file
from labeling.rubric_form import Items

NO_ROUND = 0  # of tasks that no round asked for
NOBODY = "imported@labels.invalid"  # the address of the account that all such answers have
DIGITS = 8  # of what the pseudonym of a person of a file follows from


def annotator() -> User:
    """Who stands in the place of the people who labeled elsewhere."""
    found = User.objects.filter(email=NOBODY).first()  # without keeping others waiting
    return found or ensure_user(email=NOBODY, name="Imported", is_active=False)


class Known(NamedTuple):
    """A prompt that labels are of."""

    pk: int
    language: str
    split: str
    rubric: Items


class Keeper:
    """Finds the kind of each label and how it says it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings = {name: _asked(project, name) for name in kinds()}
        self._versions: dict[str, int | None] = {}

    @cached_property
    def annotator(self) -> User:
        """Whose answers the labels are."""
        return annotator()

    @cached_property
    def _name(self) -> Naming:
        return naming(self._project)

    def who(self, said: str) -> str:
        """The pseudonym of a person of a file: the same in all files of the project."""
        if not said:
            return ""
        digest = hashlib.sha256(f"{self._project.pk}:{said}".encode()).hexdigest()
        return of_file(self._name, digest[:DIGITS])

    def settings_of(self, kind: str) -> int | None:
        """The key of the settings that tasks of a kind are asked under; None where it has none."""
        if kind not in self._versions:
            version = kind_settings.in_force(self._project, kind)
            self._versions[kind] = version.pk if version else None
        return self._versions[kind]

    def kept(self, label: Label, ids: Sequence[int]) -> tuple[str, dict[str, Any]] | None:
        """The kind of a label and its body; None where no kind has a place for it."""
        if label.dataset:
            name, read = reads()[label.dataset]
            return name, read.body(label, ids, self._settings[name])
        first = [label.kind] if label.kind in kinds() else []
        for name in dict.fromkeys([*first, *kinds()]):
            body = kinds()[name].imported(label, ids, self._settings[name])
            if body is not None:
                return name, body
        return None

    def must(self, row: LabelRow, ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
        """`kept`; BadInputError where no kind of the project has a place for the label."""
        try:
            found = self.kept(row.label, ids)
        except BadInputError:
            found = None
        if found is None:
            raise _wrong(row, self.misfit(row.label))
        return found

    def misfit(self, label: Label) -> str:
        """Why no kind of the project has a place for a label; "" where one has."""
        try:
            found = self.kept(label, range(len(label.texts)))
        except BadInputError as error:
            return error.message
        return "" if found else _("no kind of annotation has a place for what it says")


def _asked(project: Project, kind: str) -> Any:
    """The settings under which answers of a kind are read."""
    version = kind_settings.newest(project, kind)
    return kinds()[kind].read_settings(version.content if version else None)


@transaction.atomic(savepoint=False)
def store_labels(
    *, rows: Sequence[LabelRow], imported: Import, prompts: Mapping[str, Known], keeper: Keeper
) -> int:
    """Store the labels that the project does not have yet and return how many.

    prompts: the prompt of each, by its hash. keeper: of the project.
    """
    by_sha = {row.sha256: row for row in rows}
    known = ImportedLabel.objects.filter(Among("sha256", by_sha), project=imported.project)
    for sha256 in known.values_list("sha256", flat=True):
        del by_sha[sha256]
    if by_sha:
        _store(by_sha, imported, prompts, keeper)
    return len(by_sha)


def _store(
    rows: Mapping[str, LabelRow],
    imported: Import,
    prompts: Mapping[str, Known],
    keeper: Keeper,
) -> None:
    project, now = imported.project, timezone.now()
    into, of, by, many = project.pk, imported.pk, keeper.annotator.pk, len(rows)
    texts, tasks, assignments, answers = keys(
        (Completion, sum(len(row.label.texts) for row in rows.values())),
        (Task, many), (Assignment, many), (Annotation, many),
    )  # fmt: skip
    left = iter(texts)
    ids = [list(islice(left, len(row.label.texts))) for row in rows.values()]
    for row in rows.values():
        _graded_by(row, prompts[row.prompt])
    said = [keeper.must(row, pks) for row, pks in zip(rows.values(), ids, strict=True)]
    settings = [keeper.settings_of(kind) for kind, _body in said]
    asked = [prompts[row.prompt] for row in rows.values()]
    labels = [row.label for row in rows.values()]
    whos = [keeper.who(label.who) for label in labels]
    orders = [json_text(_order(label, pks)) for label, pks in zip(labels, ids, strict=True)]
    copy(
        Completion,
        [
            "id", "prompt", "text", "tokens", "finish_reason", "sampling", "seed", "round_number",
            "created_at",
        ],
        (
            (
                pk, prompt.pk, text.text, 0, text.finish_reason, _sampling(text), 0, NO_ROUND, now,
            )
            for prompt, label, pks in zip(asked, labels, ids, strict=True)
            for pk, text in zip(pks, label.texts, strict=True)
        ),
    )  # fmt: skip
    copy(
        Task,
        [
            "id", "project", "kind", "prompt", "settings", "language", "purpose", "round_number",
            "overlap", "priority", "turn", "state", "free_slots", "created_at",
        ],
        (
            (
                pk, into, kind, prompt.pk, asked_under, prompt.language,
                Purpose.IMPORTED, NO_ROUND, 1, 0, 0, Task.State.DONE, 0, now,
            )
            for pk, prompt, (kind, _body), asked_under in zip(
                tasks, asked, said, settings, strict=True
            )
        ),
    )  # fmt: skip
    copy(
        Task.completions.through,
        ["task", "completion"],
        ((task, pk) for task, pks in zip(tasks, ids, strict=True) for pk in pks),
    )
    copy(
        Assignment,
        [
            "id", "task", "slot", "purpose", "annotator", "state", "lease_until", "client_key",
            "shown_order", "draft_version", "active_seconds", "skip_reason", "created_at",
        ],
        (
            (
                pk, task, 0, Purpose.IMPORTED, by, Assignment.State.SUBMITTED, now, token_hex(16),
                order, 0, 0, "", now,
            )
            for pk, task, order in zip(assignments, tasks, orders, strict=True)
        ),
    )  # fmt: skip
    copy(
        Annotation,
        [
            "id", "project", "task", "assignment", "annotator", "kind", "language", "split", "body",
            "concerns", "comment", "shown_order", "guideline_version", "client_key",
            "active_seconds", "is_simulated", "purpose", "created_at",
        ],
        (
            (
                pk, into, task, assignment, by, kind, prompt.language, prompt.split,
                json_text(body), list(label.concerns) or "{}", label.comment, order,
                project.guideline_version, token_hex(16), 0, project.is_simulated, Purpose.IMPORTED,
                now,
            )
            for pk, task, assignment, prompt, label, order, (kind, body) in zip(
                answers, tasks, assignments, asked, labels, orders, said, strict=True
            )
        ),
    )  # fmt: skip
    copy(
        ImportedLabel,
        ["annotation", "project", "imported", "sha256", "who", "about"],
        (
            (
                pk, into, of, sha256, who,
                json_text(label.about) if label.about else "{}",
            )
            for pk, sha256, label, who in zip(answers, rows, labels, whos, strict=True)
        ),
    )  # fmt: skip


def _graded_by(row: LabelRow, prompt: Known) -> None:
    """BadInputError where the answer is about another rubric than the prompt has here."""
    if row.label.rubric and list(row.label.rubric) != prompt.rubric:
        raise _wrong(row, _("its prompt has another rubric in this project"))


def _wrong(row: LabelRow, what: str) -> BadInputError:
    return BadInputError(_("line %(line)s: %(what)s") % {"line": row.line, "what": what})


def _order(label: Label, ids: list[int]) -> list[int]:
    """The ids as their texts stood on the page, where that is known of all of them."""
    places = [text.shown_at for text in label.texts]
    if not all(places):
        return ids
    return [pk for _place, pk in sorted(zip(places, ids, strict=True))]


def _sampling(text: Text) -> str:
    """What is known of who wrote a text: it names no version of a model of this server."""
    if not text.model and not text.is_human:
        return "{}"
    said = {"model": text.model, "origin": HUMAN if text.is_human else ""}
    return json_text({name: value for name, value in said.items() if value})
