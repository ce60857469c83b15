"""What is told of the texts of a file: their language, and which are nearly the same as others.

Compared are the texts, by MinHash over runs of characters (labeling.health.texts_process), with
those before them in the file and with the newest prompts of the project.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from labeling.health.texts import Text, Told, look_through
from labeling.models import Project, Prompt
from labeling.prompt_files import PromptRow

COMPARED_WITH = 10_000  # prompts of the project, the newest


@dataclass(frozen=True, kw_only=True)
class Near:
    """A row and the first prompt that it is nearly the same as.

    text: that prompt's last message. conversation: its hash. line: its place in the file, None of
    one of the project, whose key is `prompt`.
    """

    row: PromptRow
    text: str
    conversation: str
    line: int | None
    prompt: int | None = None


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What is told of rows. languages: one of each, UNSURE where nothing tells it.

    near: those that are nearly the same as another. is_whole: there was time to tell.
    """

    languages: list[str]
    near: list[Near] = field(default_factory=list)
    is_whole: bool = True


def look_at(project: Project, rows: Sequence[PromptRow], *, compares: bool) -> Looked:
    """What is told of rows that are to come into the project.

    compares: whether it is told which are nearly the same.
    """
    if not compares and all(row.language for row in rows):
        return Looked(languages=[row.language for row in rows])
    newest = project.prompts.order_by("-pk").only("messages", "conversation")[:COMPARED_WITH]
    there: list[Prompt] = list(newest)[::-1] if rows and compares else []
    texts = [Text(compared=_text(each.messages), turns=len(each.messages)) for each in there]
    texts += [
        Text(
            tagged=None if row.language else row.last_text,
            compared=row.texts if compares else None,
            turns=len(row.messages),
        )
        for row in rows
    ]
    told = look_through(texts)
    own = told[len(there) :] if told is not None else [Told() for _row in rows]
    return Looked(
        languages=[row.language or each.language for row, each in zip(rows, own, strict=True)],
        near=[
            _near(row, each.near, there, rows)
            for row, each in zip(rows, own, strict=True)
            if each.near is not None
        ],
        is_whole=told is not None,
    )


def _near(row: PromptRow, number: int, there: Sequence[Prompt], rows: Sequence[PromptRow]) -> Near:
    other = there[number] if number < len(there) else rows[number - len(there)]
    return Near(
        row=row,
        text=other.last_text,
        conversation=other.conversation,
        line=other.line if isinstance(other, PromptRow) else None,
        prompt=other.pk if isinstance(other, Prompt) else None,
    )


def _text(messages: list[dict[str, str]]) -> str:
    return "\n".join(message["content"] for message in messages)
