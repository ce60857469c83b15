"""A file imported whole, a part at a time: as much memory for a hundred thousand rows as for a few.

All is one transaction: whoever is killed half-way leaves nothing, and bad rows leave nothing either
unless the good ones are wanted.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import IO, Generic, Protocol, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.ahead import ahead
from core.errors import BadInputError
from labeling import importing
from labeling.file_rows import MOST_ERRORS
from labeling.fitting import of_other_rubrics
from labeling.formats import Format
from labeling.health.base import Finding
from labeling.health.repairs import Reading
from labeling.health.report import Report
from labeling.intake import Alike
from labeling.labeled_files import (
    MOST_WHOLE,
    NAMED,
    LabeledRow,
    LabelRow,
    joined,
    pairs_of,
    rows_of,
    said_of,
    told,
)
from labeling.models import Import, Project
from labeling.prompt_files import PromptRow
from labeling.readers import Opened, open_file
from labeling.readers.base import Columns, LineError
from labeling.storing_labels import Keeper

AT_ONCE = 2_500  # rows of a part; three are in memory: stored, read, and on their way


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What came in. rows: entries of the file that were good. errors: the first of the bad ones.

    health: what was found in the file, as the page of imports finds it.
    """

    result: importing.ImportResult
    form: str
    format: Format
    rows: int = 0
    health: Sequence[Finding] = ()
    errors: list[LineError] = field(default_factory=list)
    errors_left_out: int = 0

    @property
    def is_stored(self) -> bool:
        """Whether the rows are in the project now."""
        return bool(self.result.created or self.result.labels)


@dataclass
class _Reading:
    """The good rows of a file as they come, the bad ones by the way."""

    opened: Opened
    name: str
    keep_good: bool
    repairs: Collection[str]
    split: str = ""
    rows: int = 0
    errors: list[LineError] = field(default_factory=list)
    more: int = 0
    misgraded: list[LineError] = field(default_factory=list)  # by whoever stores, in their thread

    def __post_init__(self) -> None:
        self.format, self.entries = told(self.opened.source.entries, self.name)
        self.read = Reading(lambda value, number: rows_of(self.format, value, number), self.repairs)

    @property
    def is_refused(self) -> bool:
        """Whether a row was bad, and so none is stored."""
        return bool(self.errors) and not self.keep_good

    def __iter__(self) -> Iterator[LabeledRow]:
        with closing(self.entries) as entries:
            for count, (number, value) in enumerate(entries, start=1):
                if count > MOST_WHOLE:
                    raise BadInputError(
                        _("The file has more than %(most)s entries: split it.")
                        % {"most": MOST_WHOLE}
                    )
                yield from self._read(value, number)

    def _read(self, value: object, number: int) -> list[LabeledRow]:
        if isinstance(value, LineError):
            return self._bad(value)
        unit = self.opened.source.unit
        try:
            found: list[LabeledRow] = self.read(value, number)
        except BadInputError as error:
            return self._bad(LineError(line=number, message=error.message, unit=unit))
        except RecursionError:
            what = _("the JSON is nested too deeply")
            return self._bad(LineError(line=number, message=what, unit=unit))
        self.rows += 1
        return [self._split(row) for row in found] if self.split else found

    def _split(self, row: LabeledRow) -> LabeledRow:
        """The row in the file's split, unless it names its own."""
        if row.prompt.split:
            return row
        return replace(row, prompt=replace(row.prompt, split=self.split))

    def fitting(self, rows: Iterable[LabeledRow], keeper: Keeper) -> Iterator[LabeledRow]:
        """Those whose labels have a place in the project; the others are bad."""
        for row in rows:
            wrong = next(filter(None, (keeper.misfit(each.label) for each in row.labels)), "")
            if wrong:
                self.rows -= 1
                unit = self.opened.source.unit
                self._bad(LineError(line=row.prompt.line, message=wrong, unit=unit))
            else:
                yield row

    def by_their_rubrics(self, part: "_Part", project: Project) -> "_Part":
        """The part without gradings by another rubric than their prompt's: such rows are bad."""
        wrong = of_other_rubrics(project, part.prompts, part.labels)
        if not wrong:
            return part
        unit = self.opened.source.unit
        self.misgraded += [
            LineError(line=line, message=what, unit=unit) for line, what in wrong.items()
        ]
        labels = [each for each in part.labels if each.line not in wrong]
        needed = {each.prompt for each in labels}
        prompts = [row for row in part.prompts if row.line not in wrong or row.sha256 in needed]
        return _Part(prompts=prompts, labels=labels)

    def bad_rows(self) -> tuple[list[LineError], int]:
        """The first of them by line, and how many more there are."""
        found = sorted([*self.errors, *self.misgraded], key=lambda error: error.line)
        return found[:MOST_ERRORS], self.more + len(found[MOST_ERRORS:])

    def _bad(self, error: LineError) -> list[LabeledRow]:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)
        else:
            self.more += 1
        return []


def count_entries(file: IO[bytes], *, encoding: str = "", columns: Columns = NAMED) -> int:
    """How many entries a file has, good and bad; 0 where it cannot be read to its end."""
    with suppress(BadInputError):
        source = open_file(file, columns, most=MOST_WHOLE, encoding=encoding).source
        with closing(source.entries) as entries:
            return sum(1 for _entry in entries)
    return 0


def import_file(
    *,
    project: Project,
    file: IO[bytes],
    name: str,
    by: User | None,
    encoding: str = "",
    format_name: str = "",
    columns: Columns = NAMED,
    heldout_percent: int = 0,
    keep_good: bool = False,
    repairs: Collection[str] = (),
    split: str = "",
    by_user: bool = True,
    alike: str = Alike.SAME,
    imported: Import | None = None,
    tell: Callable[[int], None] = lambda _rows: None,
) -> Brought:
    """Store the prompts and labels of a file: all of its rows or none, unless `keep_good`.

    columns: what they are called (labeling.columns). repairs: names of those that are made
    (labeling.health.repairs). split: of the rows that name none. by_user: whether what one user
    asked shares a split. alike: SAME or ALL of labeling.intake, near ones are not looked for.
    imported: the row that is for it. tell: is called with the number of rows that are stored so
    far. BadInputError where the file is of no form that is known, or is empty.
    """
    opened = open_file(file, columns, most=MOST_WHOLE, encoding=encoding)
    reading = _Reading(opened, format_name, keep_good, repairs, split)
    health: list[Finding] = []
    try:
        with transaction.atomic():
            adding = importing.begin(
                project=project,
                name=name,
                by=by,
                form=opened.source.form,
                format_name=reading.format.name,
                imported=imported,
            )
            how = partial(importing.add, heldout_percent=heldout_percent, by_user=by_user)
            add = partial(how, adding=adding, alike=alike)
            result, health = _store(adding, reading, add, tell)
            if not reading.rows and not reading.errors:
                raise BadInputError(_("The file is empty: it holds no entry."))
            if reading.is_refused:
                raise _NotWhole
    except _NotWhole:
        result = importing.ImportResult(created=0, duplicates=0)
    errors, left_out = reading.bad_rows()
    return Brought(
        result=result,
        form=reading.opened.source.form,
        format=reading.format,
        rows=reading.rows - len(reading.misgraded),
        health=health,
        errors=errors,
        errors_left_out=left_out,
    )


class _NotWhole(Exception):  # noqa: N818  no error: it takes back what was stored
    """Some rows are bad."""


def _store(
    adding: importing.Adding,
    reading: _Reading,
    add: Callable[..., importing.ImportResult],
    tell: Callable[[int], None],
) -> tuple[importing.ImportResult, list[Finding]]:
    total, done = importing.ImportResult(created=0, duplicates=0), 0
    report = Report()
    # Without the good ones alone being wanted, the first that has no place refuses the file.
    keeper = adding.keeper if reading.keep_good else None
    for part in ahead(_parts(reading, report, keeper)):
        if reading.is_refused:
            continue  # the rest is read for what else is wrong with it
        if reading.keep_good:
            part = reading.by_their_rubrics(part, adding.imported.project)
        total += add(rows=part.prompts, labels=part.labels)
        done += len(part.prompts)
        tell(done)
    health = report.findings(reading.read.offered)
    importing.end(adding=adding, health=health, result=total)
    return total, health


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Some rows of a file: their prompts, and the labels that no row before them has."""

    prompts: list[PromptRow]
    labels: list[LabelRow]


def _parts(
    reading: _Reading, report: Report, keeper: Keeper | None
) -> Generator[_Part, None, None]:
    """The file's rows, which the report looks at too; with a keeper those that fit alone."""
    left = reading.fitting(joined(reading), keeper) if keeper else joined(reading)
    new_prompts, new_labels = _New[PromptRow](), _New[LabelRow]()
    while rows := list(islice(left, AT_ONCE)):
        prompts = [row.prompt for row in rows]
        labels = new_labels.among(label for row in rows for label in row.labels)
        report.add(said_of(new_prompts.among(prompts), labels), pairs_of(labels))
        yield _Part(prompts=prompts, labels=labels)


class _Hashed(Protocol):
    @property
    def sha256(self) -> str: ...


Hashed = TypeVar("Hashed", bound=_Hashed)


class _New(Generic[Hashed]):
    """Tells which rows of a file no earlier one says; of those it keeps 32 bytes each."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def among(self, rows: Iterable[Hashed]) -> list[Hashed]:
        """Those that come for the first time."""
        found = []
        for row in rows:
            key = bytes.fromhex(row.sha256)
            if key not in self._seen:
                self._seen.add(key)
                found.append(row)
        return found
