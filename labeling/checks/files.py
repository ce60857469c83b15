"""Files of gold tasks, read: a preview with what is wrong with each bad line.

A line of JSON, an entry of an array, or a row of a table with these columns, is {"prompt": "…" or
"messages": […], "kind": "…", "completions": ["…", …], "answer": {…}}: the answer is a body of the
kind in which completions stand as their texts. "tools" and "language" may be said, "rubric" where
the project does not have the prompt's (labeling/rubrics.py), and "test": true for the test of
newcomers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import clean_text, quotable
from labeling import kind_settings
from labeling.conversations import LONGEST
from labeling.encodings import decode
from labeling.file_rows import Walked, walk
from labeling.file_text import FileText
from labeling.kinds import kinds
from labeling.models import KindSettings, Project, Prompt, Task
from labeling.prompt_files import COLUMNS as OF_PROMPTS
from labeling.prompt_files import PromptRow, row_of
from labeling.readers import open_text
from labeling.readers.base import Columns
from labeling.readers.no_text import check_is_text
from labeling.rubric_form import Items

LARGEST = 1_500_000  # bytes; less than any other form may carry
MOST_ROWS = 500
OF_PROMPT = {"prompt", "messages", "tools", "language", "rubric"}
KEYS = OF_PROMPT | {"kind", "completions", "answer", "test"}
COLUMNS = Columns(
    needed=OF_PROMPTS.needed,
    json=frozenset({"messages", "tools", "completions", "answer"}),
    flags=frozenset({"test"}),
    texts=frozenset({"language", "kind", "rubric"}),
)


@dataclass(frozen=True, kw_only=True)
class GoldRow:
    """A good line. body: of the kind, with texts in place of ids."""

    prompt: PromptRow
    kind: str
    completions: list[str]
    body: dict[str, Any]
    is_test: bool

    @property
    def label(self) -> str:
        """The kind as people call it."""
        return str(kinds()[self.kind].label)


def read_text(raw: bytes) -> str:
    """The file as text that can be kept; BadInputError for what is none, or too much."""
    if len(raw) > LARGEST:
        raise BadInputError(_("The file is larger than 1.5 MB: split it."))
    check_is_text(raw)
    text = decode(BytesIO(raw)).whole()
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadInputError(
            _("line %(line)s: %(what)s") % {"line": line, "what": _("holds a NUL character")}
        )
    return text


def parse_golds(text: str, *, project: Project) -> Walked[GoldRow]:
    """Read it; BadInputError where it is empty or too long, an error for each bad line."""
    settings = cache(partial(kind_settings.newest, project))
    source = open_text(FileText.of(text), COLUMNS)
    return walk(source, partial(_row, project, settings), most=MOST_ROWS)


def body_of(row: GoldRow, task: Task) -> dict[str, Any]:
    """The answer as it is stored, for a task that has the row's completions in their order."""
    return _validated(row.kind, row.body, row.completions, task)


def _row(
    project: Project,
    settings: Callable[[str], KindSettings | None],
    value: object,
    number: int,
) -> GoldRow:
    if not isinstance(value, dict):
        raise BadInputError(_("this is not a JSON object"))
    if unknown := sorted(value.keys() - KEYS):
        raise BadInputError(_("“%(key)s” is not known here") % {"key": quotable(unknown[0])})
    kind = value.get("kind")
    taken = [name for name, each in kinds().items() if not each.is_live]  # see golds.mark
    if not isinstance(kind, str) or kind not in taken:
        names = {"names": ", ".join(taken)}
        raise BadInputError(_("“kind” must be one of %(names)s") % names)
    texts, body = _completions(value.get("completions", []), kind), value.get("answer")
    if not isinstance(body, dict):
        raise BadInputError(_("“answer” must be a JSON object, the answer of this kind"))
    if not isinstance(value.get("test", False), bool):
        raise BadInputError(_("“test” must be true or false"))
    prompt = row_of({key: value[key] for key in OF_PROMPT & value.keys()}, number)
    if kinds()[kind].reads_rubric or prompt.rubric:
        prompt = replace(prompt, rubric=_rubric(project, prompt))
    if kinds()[kind].reads_rubric and not prompt.rubric:
        raise BadInputError(_("a task of this kind needs a prompt with a “rubric”"))
    task = Task(kind=kind, settings=settings(kind), prompt=Prompt(rubric=prompt.rubric))
    task.completion_ids = list(range(1, len(texts) + 1))
    try:
        _validated(kind, body, texts, task)
    except BadInputError as error:  # what of it is wrong says more than that it is
        raise BadInputError(next(iter(error.errors.values()), error.message)) from error
    test = bool(value.get("test", False))
    return GoldRow(prompt=prompt, kind=kind, completions=texts, body=body, is_test=test)


def _rubric(project: Project, prompt: PromptRow) -> Items:
    """That of the line, or else what the project has; BadInputError where they differ."""
    found = project.prompts.filter(sha256=prompt.sha256).exclude(rubric=[])
    stored: Items | None = found.values_list("rubric", flat=True).first()
    if stored and prompt.rubric and stored != prompt.rubric:
        raise BadInputError(_("the project has this prompt with another rubric"))
    return stored or prompt.rubric


def _completions(value: object, kind: str) -> list[str]:
    shown = kinds()[kind].completions
    if not isinstance(value, list) or not shown.fewest <= len(value) <= shown.most:
        needed = {"fewest": shown.fewest, "most": shown.most}
        raise BadInputError(
            _("“completions” must be a list of %(fewest)s to %(most)s texts for this kind") % needed
        )
    for text in value:
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            raise BadInputError(
                _("a completion must be a text of at most %(most)s characters") % {"most": LONGEST}
            )
    return [clean_text(text) for text in value]


def _validated(kind: str, body: dict[str, Any], texts: list[str], task: Task) -> dict[str, Any]:
    ids: dict[str, list[int]] = {}
    task.texts = dict(zip(task.completion_ids, texts, strict=True))
    for pk, text in task.texts.items():
        ids.setdefault(text, []).append(pk)
    task.twins = [ids[text][0] for text in texts]
    return kinds()[kind].validate(task, kinds()[kind].by_ids(body, ids))
