"""Files of any format, read: prompts with what was said of texts for them, and what is wrong.

What a file's form is, readers know (labeling.readers); what its rows mean, formats do
(labeling.formats). Here both meet, and each row is checked as prompts and answers are elsewhere.
Whoever wants to look at the rows before they are stored, or to leave some out, adds a pass.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import IO

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.hashing import canonical_sha256
from core.text import clean_json, clean_text
from labeling.file_rows import walk
from labeling.formats import FORMATS, LOOKED_AT, Format, Label, detected, needed
from labeling.formats.base import MOST_TEXTS, Text
from labeling.health.checks.items import Pair, Said
from labeling.health.repairs import Reading
from labeling.models import Concern
from labeling.prompt_files import COLUMNS, MOST_ROWS, Preview, PromptRow, row_of
from labeling.readers import open_file
from labeling.readers.base import Columns, Entry

NAMED = Columns(
    needed=needed(),
    json=COLUMNS.json,
    flags=COLUMNS.flags,
    texts=COLUMNS.texts | {"prompt", "completion", "rejected", "output", "input"},
)
MOST_WHOLE = 1_000_000  # entries of a file that is stored a part at a time
CONCERNS = frozenset(Concern.values)
MOST_ABOUT = 20_000  # characters of JSON that are kept with a label


@dataclass(frozen=True, kw_only=True)
class LabelRow:
    """A label with the line that it stands in, and its prompt's hash."""

    line: int
    prompt: str
    label: Label

    @cached_property
    def sha256(self) -> str:
        """The same for the same words of the same person about the same prompt."""
        label = self.label
        texts = [[each.text, each.tier, each.acceptable] for each in label.texts]
        said = [self.prompt, label.written, label.who, label.group, texts]
        return canonical_sha256([*said, label.rows] if label.rows else said)


@dataclass(frozen=True, kw_only=True)
class LabeledRow:
    """A good row: a prompt, and its labels."""

    prompt: PromptRow
    labels: tuple[LabelRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabeledPreview(Preview):
    """What a file holds. rows: its prompts, each once. labels: each once.

    format: what its rows are. duplicates: rows that say what an earlier one has said.
    """

    format: Format
    labels: list[LabelRow] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        """How many entries were read, good and bad."""
        return len(self.rows) + self.duplicates + len(self.errors) + self.errors_left_out

    def labels_of(self, row: PromptRow) -> list[Label]:
        """Those of a prompt that stand in its line."""
        return [each.label for each in self.labels if each.line == row.line]

    @property
    def pairs(self) -> list[Pair]:
        """The labels that prefer one of two texts."""
        return pairs_of(self.labels)


def said_of(prompts: Iterable[PromptRow], labels: Iterable[LabelRow]) -> list[Said]:
    """All that each line says: the messages of its prompt, the texts of its labels."""
    texts = {row.line: [row.texts] for row in prompts}
    for each in labels:
        label = each.label
        words = [label.written, label.comment, *(text.text for text in label.texts)]
        texts.setdefault(each.line, []).extend(words)
    return [Said(line=line, texts="\n".join(texts[line])) for line in sorted(texts)]


def pairs_of(labels: Iterable[LabelRow]) -> list[Pair]:
    """Those that prefer one of two texts."""
    found = []
    for each in labels:
        if len(each.label.texts) == 2 and each.label.texts[0].tier != each.label.texts[1].tier:
            better, worse = sorted(each.label.texts, key=lambda text: text.tier)
            found.append(
                Pair(line=each.line, asked=each.prompt, chosen=better.text, rejected=worse.text)
            )
    return found


Pass = Callable[[LabeledPreview], LabeledPreview]


def parse_file(
    file: IO[bytes],
    encoding: str = "",
    repairs: Collection[str] = (),
    *,
    format_name: str = "",
    columns: Columns = NAMED,
    first: int | None = None,
    passes: Iterable[Pass] = (),
) -> LabeledPreview:
    """Read a file; BadInputError when it is of no form that is known, line errors otherwise.

    repairs: names of those that are made (labeling.health.repairs). format_name: what people say
    its rows are; "" is to be found out. columns: what they are called (labeling.columns). first: so
    many entries alone are read. passes: each is given what was read and returns what is to be
    stored of it.
    """
    opened = open_file(file, columns, most=MOST_WHOLE if first else MOST_ROWS, encoding=encoding)
    chosen, entries = told(opened.source.entries, format_name)
    if first is not None:
        entries = _first(entries, first)
    source = replace(opened.source, entries=entries)
    reading = Reading(lambda value, number: rows_of(chosen, value, number), repairs)
    walked = walk(source, reading, most=MOST_ROWS)
    rows = [row for some in walked.rows for row in some]
    prompts: dict[str, PromptRow] = {}
    labels: dict[str, LabelRow] = {}
    repeated = 0
    for row in joined(rows):
        is_known = row.prompt.sha256 in prompts
        prompts.setdefault(row.prompt.sha256, row.prompt)
        before = len(labels)
        labels.update({each.sha256: each for each in row.labels if each.sha256 not in labels})
        repeated += is_known and len(labels) == before
    found = LabeledPreview(
        rows=list(prompts.values()),
        errors=walked.errors,
        errors_left_out=walked.errors_left_out,
        form=walked.form,
        is_table=walked.is_table,
        duplicates=repeated,
        encoding=opened.encoding,
        guessed=opened.guessed,
        offered={name: lines for name, lines in reading.offered.items() if lines},
        format=chosen,
        labels=list(labels.values()),
    )
    for each in passes:
        found = each(found)
    return found


def told(
    entries: Generator[Entry, None, None], name: str = ""
) -> tuple[Format, Generator[Entry, None, None]]:
    """The format of what is read, by its first entries; and all of them."""
    if name and name not in FORMATS:
        raise BadInputError(_("This format is not known."), errors={"format": name})
    first = list(islice(entries, LOOKED_AT))

    def whole() -> Generator[Entry, None, None]:
        try:
            yield from chain(first, entries)
        finally:
            entries.close()

    chosen = FORMATS[name] if name else detected([value for _number, value in first])
    return chosen, whole()


def _first(entries: Generator[Entry, None, None], number: int) -> Generator[Entry, None, None]:
    try:
        yield from islice(entries, number)
    finally:
        entries.close()


def rows_of(chosen: Format, value: object, number: int) -> list[LabeledRow]:
    """What one entry says; BadInputError where a part of it is wrong."""
    if not isinstance(value, dict):
        raise BadInputError(_("this is not a JSON object"))
    found = []
    for entry in chosen.read(value):
        prompt = row_of(entry.prompt, number)
        labels = [
            LabelRow(line=number, prompt=prompt.sha256, label=_checked(label))
            for label in entry.labels
        ]
        found.append(LabeledRow(prompt=prompt, labels=tuple(labels)))
    return found


def joined(rows: Iterable[LabeledRow]) -> Iterator[LabeledRow]:
    """The rows, those after one another that are parts of one judgment as one."""
    held: LabeledRow | None = None
    for row in rows:
        if held is not None and _belongs(held, row):
            held = replace(held, labels=(_both(held.labels[0], row.labels[0]),))
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def _belongs(one: LabeledRow, other: LabeledRow) -> bool:
    if len(one.labels) != 1 or len(other.labels) != 1:
        return False
    first, second = one.labels[0], other.labels[0]
    is_same = first.label.group == second.label.group != ""
    return is_same and first.prompt == second.prompt


def _both(one: LabelRow, other: LabelRow) -> LabelRow:
    texts: dict[str, Text] = {}
    for each in (*one.label.texts, *other.label.texts):
        texts.setdefault(each.identity, each)
    rows = (*one.label.rows, *other.label.rows)
    return replace(one, label=replace(one.label, texts=tuple(texts.values()), rows=rows))


def _checked(label: Label) -> Label:
    """The label, if all of it can be stored and shown."""
    if not (label.texts or label.rows or label.written.strip()):
        raise BadInputError(_("the text of the assistant is empty"))
    said = {name for each in label.texts for name in (each.model, each.key)}
    for text in (label.written, label.comment, label.who, label.group, *said):
        clean_text(text)
    if len(label.texts) > MOST_TEXTS:
        raise BadInputError(_("it judges more than %(most)s texts at once") % {"most": MOST_TEXTS})
    first_of: dict[str, Text] = {}
    texts: dict[str, Text] = {}
    for each in label.texts:
        clean_text(each.text)
        if not each.text.strip() and not label.kind:  # models of projects here write nothing too
            raise BadInputError(_("a text that is judged is empty"))
        first = first_of.setdefault(each.text, each)
        if (first.tier, first.acceptable) != (each.tier, each.acceptable):
            raise BadInputError(_("the same text is judged in two ways"))
        texts.setdefault(each.identity, each)
    if label.rows:
        clean_json(list(label.rows))
    if label.about and len(str(clean_json(label.about))) > MOST_ABOUT:
        raise BadInputError(
            _("what it says of the label is longer than %(most)s characters") % {"most": MOST_ABOUT}
        )
    concerns = tuple(name for name in label.concerns if name in CONCERNS)
    if len(texts) == len(label.texts) and concerns == label.concerns:
        return label
    return replace(label, texts=tuple(texts.values()), concerns=concerns)
