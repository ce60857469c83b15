"""Files of prompts, read: a preview with an error for each bad line.

A line is {"prompt": "…"} or {"messages": [{"role": "user", "content": "…"}, …]}, and where known
"language", "use_case", "split" (train or heldout) and "source".
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core import limits
from core.errors import BadInputError
from core.hashing import canonical_sha256
from core.text import clean_text, quotable, repeated
from labeling.models import Split

LARGEST = limits.IMPORT_FILE  # bytes
MOST_ROWS = 50_000
MOST_ERRORS = 100  # reported; the rest is counted
LONGEST = 32_000  # characters of a message
MOST_MESSAGES = 50
OPTIONAL = {"language": 10, "use_case": 40, "split": 10, "source": 200}  # name -> longest


@dataclass(frozen=True, kw_only=True)
class PromptRow:
    """A good line."""

    line: int
    messages: list[dict[str, str]]
    language: str = ""
    use_case: str = ""
    split: str = ""
    source: str = ""

    @property
    def sha256(self) -> str:
        """The same for the same prompt."""
        return canonical_sha256(self.messages)

    @property
    def last_text(self) -> str:
        """The user's last message."""
        return self.messages[-1]["content"]


@dataclass(frozen=True, kw_only=True)
class LineError:
    """A bad line. column: counted from 1, None where the line as a whole is meant."""

    line: int
    message: str
    column: int | None = None

    def __str__(self) -> str:
        if self.column is None:
            return _("line %(line)s: %(what)s") % {"line": self.line, "what": self.message}
        return _("line %(line)s, column %(column)s: %(what)s") % {
            "line": self.line,
            "column": self.column,
            "what": self.message,
        }


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file holds. duplicates: lines that repeat an earlier one of the file."""

    rows: list[PromptRow] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    errors_left_out: int = 0
    duplicates: int = 0


def parse_prompts(raw: bytes) -> Preview:
    """Read a file; BadInputError when it is not text at all, line errors otherwise."""
    rows: dict[str, PromptRow] = {}
    errors: list[LineError] = []
    read = 0
    for number, line in enumerate(_decode(raw).split("\n"), start=1):
        if not line.strip():
            continue
        read += 1
        if read > MOST_ROWS:
            raise BadInputError(
                _("The file has more than %(most)s prompts: split it.") % {"most": MOST_ROWS}
            )
        found = _parse_line(line.rstrip("\r"), number)
        if isinstance(found, LineError):
            errors.append(found)
        else:
            rows.setdefault(found.sha256, found)
    if not read:
        raise BadInputError(_("The file is empty: it needs one JSON object per line."))
    return Preview(
        rows=list(rows.values()),
        errors=errors[:MOST_ERRORS],
        errors_left_out=len(errors[MOST_ERRORS:]),
        duplicates=read - len(errors) - len(rows),
    )


def _decode(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise BadInputError(
            _("The file is larger than %(most)s MB: split it.") % {"most": LARGEST // 2**20}
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:200].count(0) > len(raw[:200]) // 4:
        raise BadInputError(_("The file is UTF-16. Save it as UTF-8 and try again."))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
        except UnicodeDecodeError:
            raise BadInputError(
                _("The file is not UTF-8 text (line %(line)s).") % {"line": line}
            ) from error
        raise BadInputError(
            _("The file is not UTF-8 (line %(line)s); it may be GBK. Save it as UTF-8.")
            % {"line": line}
        ) from error


def _parse_line(line: str, number: int) -> PromptRow | LineError:
    try:
        value = json.loads(line, object_pairs_hook=_object, parse_constant=_constant)
        return _row(value, number)
    except json.JSONDecodeError as error:
        what = _("this is not JSON (%(reason)s)") % {"reason": error.msg}
        return LineError(line=number, column=error.colno, message=what)
    except RecursionError:
        return LineError(line=number, message=_("the JSON is nested too deeply"))
    except BadInputError as error:
        return LineError(line=number, message=error.message)
    except ValueError:  # an integer of thousands of digits
        return LineError(line=number, message=_("a number is too long"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = repeated(key for key, _value in pairs) or ""
        raise BadInputError(_("the object has the key “%(key)s” twice") % {"key": quotable(twice)})
    return found


def _constant(name: str) -> float:
    raise BadInputError(_("%(name)s is not a JSON number") % {"name": name})


def _row(value: object, number: int) -> PromptRow:
    if not isinstance(value, dict):
        raise BadInputError(_("this is not a JSON object"))
    if unknown := sorted(value.keys() - {"prompt", "messages", *OPTIONAL}):
        raise BadInputError(_("unknown key “%(key)s”") % {"key": quotable(unknown[0])})
    if ("prompt" in value) == ("messages" in value):
        raise BadInputError(_("it needs either “prompt” or “messages”"))
    if "prompt" in value:
        messages = [{"role": "user", "content": _content(value["prompt"], "prompt")}]
    else:
        messages = _messages(value["messages"])
    extra = {name: _label(value[name], name) for name in OPTIONAL if value.get(name) is not None}
    if extra.get("split", "") not in {"", *Split.values}:
        raise BadInputError(_("“split” must be train or heldout"))
    return PromptRow(line=number, messages=messages, **extra)


def _messages(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_MESSAGES:
        raise BadInputError(
            _("“messages” must be a list of 1 to %(most)s messages") % {"most": MOST_MESSAGES}
        )
    messages = []
    for message in value:
        if not isinstance(message, dict) or message.keys() != {"role", "content"}:
            raise BadInputError(_("a message must have “role” and “content”, nothing else"))
        role = message["role"]
        if role not in ("system", "user", "assistant"):
            raise BadInputError(_("“role” must be system, user or assistant"))
        messages.append({"role": role, "content": _content(message["content"], "content")})
    turns = [m["role"] for m in messages if m["role"] != "system"]
    leading = messages[0]["role"] == "system"
    expected = [("user", "assistant")[i % 2] for i in range(len(turns))]
    if turns != expected or len(turns) + leading != len(messages) or len(turns) % 2 == 0:
        raise BadInputError(
            _("user and assistant must take turns, the user last; a system message may come first")
        )
    return messages


def _content(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise BadInputError(_("“%(name)s” must be a text") % {"name": name})
    if not value.strip():
        raise BadInputError(_("“%(name)s” is empty") % {"name": name})
    if len(value) > LONGEST:
        raise BadInputError(
            _("“%(name)s” is longer than %(most)s characters") % {"name": name, "most": LONGEST}
        )
    return clean_text(value)


def _label(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > OPTIONAL[name]:
        raise BadInputError(
            _("“%(name)s” must be a text of at most %(most)s characters")
            % {"name": name, "most": OPTIONAL[name]}
        )
    return clean_text(value).strip()
