"""Open-Assistant's conversation trees: each message has its replies, ranked by people.

https://github.com/LAION-AI/Open-Assistant/tree/main/oasst-data: a tree has "message_tree_id" and
"prompt", a message "text", "role" (prompter or assistant), "rank" (0 is the best) and "replies".
People wrote all of it: the best reply to each message is a demonstration, ranked ones an order.
"""

from collections.abc import Iterator
from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, by_score
from labeling.formats.reading import text_of

DEEPEST = 50  # messages of one conversation


class OpenAssistant(Format):
    """Trees of messages."""

    name = "oasst"
    label = "Open-Assistant"
    needed: ClassVar[tuple[str, ...]] = ("message_tree_id",)

    def fits(self, row: Row) -> float:
        """By the root of the tree."""
        root = row.get("prompt")
        return float("message_tree_id" in row and isinstance(root, dict) and "replies" in root)

    def read(self, row: Row) -> list[Entry]:
        """A prompt for each message that was replied to."""
        root = row.get("prompt")
        if not isinstance(root, dict):
            raise BadInputError(_("“%(name)s” must be an object") % {"name": "prompt"})
        tree = text_of(row, "message_tree_id")
        return [
            Entry(prompt={**_about(root, tree), "messages": messages}, labels=_labels(replies))
            for messages, replies in _asked(root)
        ]


def _asked(root: Row) -> Iterator[tuple[list[Row], list[Row]]]:
    """Each conversation that ends with a prompter, and the replies to it that stand."""
    waiting: list[tuple[list[Row], Row]] = [([], root)]
    while waiting:
        before, message = waiting.pop()
        messages = [*before, _message(message)]
        replies = [each for each in _replies(message) if not each.get("deleted")]
        if message.get("role") == "prompter" and (replies or not before):
            yield messages, replies
        if len(messages) < DEEPEST:
            waiting += [(messages, reply) for reply in reversed(replies)]


def _message(message: Row) -> Row:
    role = {"prompter": "user", "assistant": "assistant"}.get(text_of(message, "role"))
    if role is None:
        raise BadInputError(_("“role” must be prompter or assistant"))
    return {"role": role, "content": text_of(message, "text")}


def _replies(message: Row) -> list[Row]:
    found = message.get("replies") or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInputError(_("“%(name)s” must be a list of objects") % {"name": "replies"})
    return found


def _labels(replies: list[Row]) -> tuple[Label, ...]:
    if not replies:
        return ()
    ranked = [reply for reply in replies if isinstance(reply.get("rank"), int)]
    best = min(ranked, key=lambda reply: reply["rank"]) if ranked else replies[0]
    labels = [Label(written=text_of(best, "text"))] if ranked or len(replies) == 1 else []
    if len(ranked) > 1:
        texts = [(text_of(reply, "text"), -float(reply["rank"]), "") for reply in ranked]
        labels.append(by_score(texts))
    return tuple(labels)


def _about(root: Row, tree: str) -> Row:
    language = text_of(root, "lang")
    said = {"language": language} if language and len(language) <= 10 else {}
    return {**said, "group": tree[:200]}
