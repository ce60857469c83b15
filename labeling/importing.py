"""Prompts that a file held, and their labels, stored: what the project does not have yet."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from core.locks import one_at_a_time
from core.postgresql.among import Among
from core.postgresql.copying import check_at_once, copy, keys
from core.text import json_text
from labeling.health.base import Finding
from labeling.intake import Alike, Intake, take
from labeling.labeled_files import LabelRow
from labeling.models import ContentWarning, Import, Project, Prompt, Split
from labeling.prompt_files import PromptRow
from labeling.queries import PromptQuerySet
from labeling.redaction import keep, redact
from labeling.splitting import Kin, gather
from labeling.storing_labels import Keeper, Known, store_labels


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What was stored. duplicates: prompts that the project had already.

    rubrics: how many of them had no rubric and have the file's now. labels: those that were new.
    left_out: new prompts that are like others, beyond: of users who have as many as the project
    takes.
    """

    created: int
    duplicates: int
    rubrics: int = 0
    labels: int = 0
    left_out: int = 0
    beyond: int = 0

    def __add__(self, other: "ImportResult") -> "ImportResult":
        """What two parts of a file brought."""
        return ImportResult(
            created=self.created + other.created,
            duplicates=self.duplicates + other.duplicates,
            rubrics=self.rubrics + other.rubrics,
            labels=self.labels + other.labels,
            left_out=self.left_out + other.left_out,
            beyond=self.beyond + other.beyond,
        )


@transaction.atomic
def import_prompts(
    *,
    project: Project,
    rows: Sequence[PromptRow],
    source: str,
    by: User | None,
    heldout_percent: int = 0,
    form: str = "",
    health: Sequence[Finding] = (),
    labels: Sequence[LabelRow] = (),
    format_name: str = "",
    alike: str | None = None,
    by_user: bool = True,
) -> ImportResult:
    """Store what the project does not have yet, as one import where there is anything.

    source: of the rows that name none, and the name of the import. form, health: of the file.
    labels: what was said of texts for the rows. format_name: of labeling.formats.
    heldout_percent: how many of the rows that name no split go to the held-out split; which ones
    depends on their text alone, and on their kin in the project. alike: which of those that are
    like others are left out; None: they are not looked for. by_user: whether what one user asked is
    kin.
    """
    adding = begin(project=project, name=source, by=by, form=form, format_name=format_name)
    result = add(
        adding=adding,
        rows=rows,
        labels=labels,
        heldout_percent=heldout_percent,
        alike=alike or Alike.ALL,
        compares=alike is not None,
        by_user=by_user,
    )
    end(adding=adding, health=health, result=result)
    return result


@dataclass
class Adding:
    """An import to which rows are added. seen: hashes of the prompts so far, as they are stored.

    left_out, beyond: of those among them that were not stored, as ImportResult counts them.
    heldout: keys of the prompts that were drawn for the held-out split. is_torn: kin of some rows
    are on both sides. by_user: as `add` was told.
    """

    imported: Import
    seen: set[bytes] = field(default_factory=set)
    left_out: set[bytes] = field(default_factory=set)
    beyond: set[bytes] = field(default_factory=set)
    heldout: "array[int]" = field(default_factory=lambda: array("q"))
    is_torn: bool = False
    by_user: bool = True

    @cached_property
    def keeper(self) -> Keeper:
        """Asked once for all parts of a file: the project's settings may change meanwhile."""
        return Keeper(self.imported.project)

    def is_open(self, sha256: str, needed: Collection[str]) -> bool:
        """Whether a row comes for the first time, or was not stored before a label named it."""
        key = bytes.fromhex(sha256)
        if key not in self.seen:
            return True
        return sha256 in needed and (key in self.left_out or key in self.beyond)

    def note(self, rows: Iterable[str], taken: Intake) -> None:
        """Keep what became of rows, by their hashes."""
        keys = {sha256: bytes.fromhex(sha256) for sha256 in rows}
        self.seen.update(keys.values())
        for found, now in ((self.left_out, taken.left_out), (self.beyond, taken.beyond)):
            found.difference_update(keys.values())
            found.update(keys[sha256] for sha256 in now)


def begin(
    *,
    project: Project,
    name: str,
    by: User | None,
    form: str,
    format_name: str,
    imported: Import | None = None,
) -> Adding:
    """An import to which rows are added in the same transaction; others of the project wait.

    imported: its row, where there is one; it stays, whatever comes in.
    """
    one_at_a_time(f"imports of {project.pk}")
    check_at_once(at_once=True)
    if imported is not None:
        imported.form, imported.format = form, format_name
        return Adding(imported=imported)
    imported = Import.objects.create(
        project=project,
        imported_by=by,
        name=name[:200],
        form=form,
        format=format_name,
        rows=0,
        created=0,
    )
    return Adding(imported=imported)


def end(*, adding: Adding, health: Sequence[Finding], result: ImportResult) -> None:
    """Note what came in all; nothing stays of one that brought nothing and that no job does.

    health: of the file. result: of all that was added.
    """
    imported = adding.imported
    if adding.is_torn:
        gather(imported.project, adding.heldout, by_user=adding.by_user)
    if result.created or result.labels or imported.job_id:
        imported.rows = len(adding.seen)
        imported.created, imported.labels = result.created, result.labels
        imported.health = [finding.as_json() for finding in health]
        imported.save()
    else:
        imported.delete()
    check_at_once(at_once=False)
    audit(
        actor=imported.imported_by,
        action="prompts.imported",
        target=f"labeling.Project:{imported.project_id}",
        details={
            "source": imported.name,
            "created": result.created,
            "duplicates": result.duplicates,
            **({"rubrics": result.rubrics} if result.rubrics else {}),
            **({"labels": result.labels} if result.labels else {}),
            **({"left_out": left_out} if (left_out := result.left_out + result.beyond) else {}),
        },
    )


def add(
    *,
    adding: Adding,
    rows: Sequence[PromptRow],
    labels: Sequence[LabelRow] = (),
    heldout_percent: int = 0,
    alike: str = Alike.ALL,
    compares: bool = False,
    by_user: bool = True,
) -> ImportResult:
    """Store rows of a file, and their labels, that the project does not have yet.

    See `import_prompts`. compares: whether near ones are looked for, among these rows alone.
    ConflictError where somebody wrote one of the prompts meanwhile.
    """
    imported, project = adding.imported, adding.imported.project
    bare = redact(project, rows, labels)
    labels = bare.labels
    needed = {label.prompt for label in labels}
    by_sha: dict[str, PromptRow] = {}
    for row in bare.rows:
        if adding.is_open(row.sha256, needed):
            by_sha.setdefault(row.sha256, row)
    rows = list(by_sha.values())
    taken = take(project, rows, alike=alike, needed=needed, compares=compares, tells_same=False)
    before = len(adding.left_out), len(adding.beyond)
    adding.note(by_sha, taken)
    kin = Kin(project, taken.rows, linked=taken.linked, by_user=by_user)
    # Nobody can have been asked about a rubric that was not there.
    lacking = list(lacking_rubrics(project, rows))
    for prompt in lacking:
        prompt.rubric = by_sha[prompt.sha256].rubric
    Prompt.objects.bulk_update(lacking, ["rubric"], batch_size=1000)
    new = _store(imported, taken, kin, heldout_percent)
    drawn = (new[row.sha256] for row in taken.rows if not row.split)
    adding.heldout.extend(prompt.pk for prompt in drawn if prompt.split == Split.HELDOUT)
    adding.is_torn |= kin.is_torn
    adding.by_user = by_user
    if bare.originals:
        keep(imported, {sha: row for sha, row in bare.originals.items() if sha in new})
    stored = _label(adding, labels, new) if labels else 0
    return ImportResult(
        created=len(new),
        duplicates=len(taken.known),
        rubrics=len(lacking),
        labels=stored,
        left_out=len(adding.left_out) - before[0],  # fewer, where a label named one of them late
        beyond=len(adding.beyond) - before[1],
    )


def _store(imported: Import, taken: Intake, kin: Kin, heldout_percent: int) -> dict[str, Known]:
    """Write the new prompts: hash of a row -> its prompt."""
    now, into, of = timezone.now(), imported.project_id, imported.pk
    (pks,) = keys((Prompt, len(taken.rows)))
    new = {
        row.sha256: Known(pk, language, kin.side(row, heldout_percent=heldout_percent), row.rubric)
        for pk, row, language in zip(pks, taken.rows, taken.languages, strict=True)
    }
    copy(
        Prompt,
        [
            "id", "project", "messages", "given", "sha256", "likeness", "conversation", "source",
            "language", "use_case", "split", "group_name", "metadata", "content_warning", "rubric",
            "imported", "asker", "created_at",
        ],
        (
            (
                prompt.pk, into, json_text(row.messages), row.given, row.sha256, row.likeness,
                row.conversation, imported.name if row.source is None else row.source,
                prompt.language, row.use_case, prompt.split, row.group, json_text(row.metadata),
                ContentWarning.MARKED if row.content_warning else "", json_text(row.rubric), of,
                row.asker, now,
            )
            for row, prompt in zip(taken.rows, new.values(), strict=True)
        ),
    )  # fmt: skip
    return new


def _label(adding: Adding, rows: Sequence[LabelRow], new: Mapping[str, Known]) -> int:
    """Store the labels of prompts that are there by now, the new ones among them; how many."""
    project, prompts = adding.imported.project, dict(new)
    if there := {row.prompt for row in rows} - prompts.keys():
        found = project.prompts.filter(Among("sha256", there))
        for sha256, *said in found.values_list("sha256", "pk", "language", "split", "rubric"):
            prompts[sha256] = Known._make(said)
    return store_labels(rows=rows, imported=adding.imported, prompts=prompts, keeper=adding.keeper)


def lacking_rubrics(project: Project, rows: Iterable[PromptRow]) -> PromptQuerySet:
    """The prompts of the project without a rubric that one of the rows has for them."""
    asked = [row.sha256 for row in rows if row.rubric]
    if not asked:
        return project.prompts.none()
    return project.prompts.filter(Among("sha256", asked), rubric=[])
