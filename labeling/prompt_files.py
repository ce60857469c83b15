"""Files of prompts, read: a preview with an error for each bad line or row.

A line of JSON, an entry of an array, or a row of a table with these columns (labeling.readers), is
{"prompt": "…"} or {"messages": [{"role": "user", "content": "…"}, …]}, perhaps with calls of tools,
their results and the "tools" (labeling/conversations.py), and where known "language", "use_case",
"split" (train or heldout), "source", "group" and "content_warning" (true: people are warned before
they see it): what shares a group, or a conversation, is on one side of the held-out split. A
"rubric" is a list of {"text": "…", "points": 5}, or HealthBench's "rubrics" (labeling/rubrics.py).
All else that it says is kept as metadata. What Rondo exports is such a file: there "prompt" is the
list of messages, "given", "metadata" and "rubric" are texts of JSON.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import clean_json, clean_text, json_text, quotable
from labeling import rubrics
from labeling.askers import asker
from labeling.conversations import check_content, check_messages, check_tools
from labeling.file_rows import Walked, walk
from labeling.health.repairs import Reading
from labeling.models import Split, hashes
from labeling.readers import open_file
from labeling.readers.base import Columns
from labeling.rubric_form import Items
from training.contract import conversations

MOST_ROWS = 50_000
LARGE = 2**20  # bytes: what is larger is looked at in part, and stored by a job
HEAD = 1_000  # entries of it that are looked at
MOST_METADATA = 20_000  # characters of JSON
# Name -> the longest that its text may be.
OPTIONAL = {"language": 10, "use_case": 40, "split": 10, "source": 200, "group": 200}
WARNING = "content_warning"
SPLITS = frozenset({"", *Split.values})
KNOWN = {"prompt", "messages", "tools", WARNING, rubrics.OURS, *OPTIONAL}
COLUMNS = Columns(
    needed=("prompt", "messages"),
    json=frozenset({"messages", "tools"}),
    flags=frozenset({WARNING}),
    texts=frozenset({rubrics.OURS, *OPTIONAL}),
)


@dataclass(frozen=True, kw_only=True)
class PromptRow:
    """A good line, or a row of a table."""

    line: int
    messages: list[dict[str, str]]  # roles and texts
    given: str = ""  # the JSON of messages and tools where they are more than that
    language: str = ""
    use_case: str = ""
    split: str = ""
    source: str | None = None  # None where the line does not say
    group: str = ""
    asker: str = ""  # labeling.askers
    metadata: dict[str, Any] = field(default_factory=dict)
    content_warning: bool = False
    rubric: Items = field(default_factory=list)
    is_ours: bool = False  # of a file that Rondo exported

    @cached_property
    def hashes(self) -> dict[str, str]:
        """What the prompt will have of them."""
        return hashes(self.messages, self.given)

    @property
    def sha256(self) -> str:
        """The same for the same prompt."""
        return self.hashes["sha256"]

    @property
    def likeness(self) -> str:
        """The same for nearly the same prompt."""
        return self.hashes["likeness"]

    @property
    def conversation(self) -> str:
        """The same for the turns of one conversation."""
        return self.hashes["conversation"]

    @property
    def has_tools(self) -> bool:
        """Whether it offers tools or holds a result of one."""
        return self.given.startswith(conversations.WITH_TOOLS) or any(
            message["role"] == "tool" for message in self.messages
        )

    @property
    def size(self) -> int:
        """Bytes of its texts, or of all that it holds."""
        if self.given:
            return len(self.given.encode())
        return sum(len(message["content"].encode()) for message in self.messages)

    @cached_property
    def texts(self) -> str:
        """What all its messages say."""
        return "\n".join(message["content"] for message in self.messages)

    @property
    def last_text(self) -> str:
        """The last message: the user's, or a tool's."""
        return self.messages[-1]["content"]


@dataclass(frozen=True, kw_only=True)
class Preview(Walked[PromptRow]):
    """What a file holds. duplicates: lines that repeat an earlier one of the file.

    encoding: what it was read in, one of encodings.CHOICES, "" for no text; guessed: nobody has
    said so. offered: the lines that a repair would make good, or has, by the repairs' names.
    """

    duplicates: int = 0
    offered: dict[str, list[int]] = field(default_factory=dict)
    encoding: str = "utf-8"
    guessed: bool = False

    @property
    def kept(self) -> list[str]:
        """The names of what becomes metadata, as a page may show them, in their order."""
        names = dict.fromkeys(name for row in self.rows for name in row.metadata)
        return [quotable(name) for name in names]


def parse_prompts(raw: bytes, encoding: str = "", repairs: Collection[str] = ()) -> Preview:
    """Read a file; BadInputError when it is of no form that is known, line errors otherwise.

    repairs: names of those that are made (labeling.health.repairs).
    """
    opened = open_file(BytesIO(raw), COLUMNS, most=MOST_ROWS, encoding=encoding)
    reading = Reading(row_of, repairs)
    walked = walk(opened.source, reading, most=MOST_ROWS)
    first: dict[str, PromptRow] = {}
    for row in walked.rows:
        first.setdefault(row.sha256, row)
    return Preview(
        rows=list(first.values()),
        errors=walked.errors,
        errors_left_out=walked.errors_left_out,
        form=walked.form,
        is_table=walked.is_table,
        duplicates=len(walked.rows) - len(first),
        encoding=opened.encoding,
        guessed=opened.guessed,
        offered={name: lines for name, lines in reading.offered.items() if lines},
    )


def row_of(value: object, number: int) -> PromptRow:
    """One line that is JSON; BadInputError says what is wrong with it."""
    if not isinstance(value, dict):
        raise BadInputError(_("this is not a JSON object"))
    if isinstance(name := value.get("conversation_id"), str | int):
        value = {"group": str(name), **value}
    metadata = _metadata(value)
    if ("prompt" in value) == ("messages" in value):
        raise BadInputError(_("it needs either “prompt” or “messages”"))
    said = _as_given(value)
    if isinstance(said.get("prompt"), list):
        messages = check_messages(said["prompt"])
    elif "prompt" in said:
        messages = [{"role": "user", "content": check_content(said["prompt"], "prompt")}]
    else:
        messages = check_messages(said["messages"])
    tools = check_tools(said.get("tools") or [])
    extra = {name: _label(value[name], name) for name in OPTIONAL if value.get(name) is not None}
    if _is_ours(value):
        extra.setdefault("source", "")  # an empty cell of our own CSV
    if extra.get("split", "") not in SPLITS:
        raise BadInputError(_("“split” must be train or heldout"))
    if not isinstance(warn := value.get(WARNING, False), bool):
        raise BadInputError(_("“content_warning” must be true or false"))
    return PromptRow(
        line=number,
        messages=conversations.texts(messages),
        given=conversations.given(messages, tools),
        asker=asker(metadata),
        metadata=metadata,
        content_warning=warn,
        rubric=rubrics.in_line(value),
        is_ours=_is_ours(value),
        **extra,
    )


def _as_given(value: dict[str, Any]) -> dict[str, Any]:
    """Of a line of our own export what the prompt was made of, where that is more than texts."""
    own = value.get("given")
    if not _is_ours(value):
        return value
    if not isinstance(own, str) or not own:
        return _with_messages(value)
    try:
        whole = json.loads(own)
    except ValueError:
        whole = None
    if not isinstance(whole, dict) or "messages" not in whole:
        raise BadInputError(_("“given” is not the JSON of a conversation"))
    return {key: whole[key] for key in ("messages", "tools") if key in whole}


def _with_messages(value: dict[str, Any]) -> dict[str, Any]:
    """Of a row of our own CSV, where the prompt is the JSON of its messages, those messages."""
    text = value.get("prompt")
    if not isinstance(text, str):
        return value
    try:
        found = json.loads(text)
    except ValueError:
        return value
    return {**value, "prompt": found} if isinstance(found, list) else value


def _is_ours(value: dict[str, Any]) -> bool:
    return isinstance(value.get("metadata"), str) and "prompt_id" in value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    """What a line says beyond what we know; for a line of our own export what it had before."""
    found = _beyond(value)
    if found:
        _check_metadata(found)
    return found


def _beyond(value: dict[str, Any]) -> dict[str, Any]:
    found = {k: v for k, v in value.items() if k not in KNOWN}
    if rubrics.is_theirs(value):
        del found[rubrics.THEIRS]
    own = found.pop("metadata", None)
    if _is_ours(value):
        del found["prompt_id"]  # of the installation that exported it
        found.pop("given", None)
        for name in ("form", "author"):
            if not found.get(name):  # it was not written by people
                found.pop(name, None)
    try:
        inner = json.loads(own) if isinstance(own, str) else own
    except ValueError:
        inner = None
    if isinstance(inner, dict):
        found = {**inner, **found}
    elif own is not None:
        found["metadata"] = own
    return found


def _check_metadata(found: dict[str, Any]) -> None:
    for key, part in found.items():
        try:
            clean_json({key: part})
        except BadInputError as error:
            raise BadInputError(_("“%(key)s” cannot be stored") % {"key": quotable(key)}) from error
    if len(json_text(found)) > MOST_METADATA:
        raise BadInputError(
            _("what it says beside the prompt is longer than %(most)s characters")
            % {"most": MOST_METADATA}
        )


def _label(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > OPTIONAL[name]:
        raise BadInputError(
            _("“%(name)s” must be a text of at most %(most)s characters")
            % {"name": name, "most": OPTIONAL[name]}
        )
    return clean_text(value).strip()
