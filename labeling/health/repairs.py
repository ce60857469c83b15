"""What can be put right in a bad entry without a guess, where whoever imports it asks for that."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Message = dict[str, Any]
Row = TypeVar("Row")


class Repair(ABC):
    """One. label: what is done to an entry, and why it was bad."""

    name: ClassVar[str]
    label: "ClassVar[_StrPromise]"

    @abstractmethod
    def mended(self, messages: list[Message]) -> list[Message]:
        """The messages put right, or as they were where this is not what is wrong with them."""


class LeaveOffReply(Repair):
    """A prompt ends with what somebody says to the model; what the model said to it goes."""

    name = "leave_off_reply"
    label = _("Leave off the reply of the assistant at the end")

    def mended(self, messages: list[Message]) -> list[Message]:
        """See Repair."""
        is_reply = len(messages) > 1 and messages[-1].get("role") == "assistant"
        return messages[:-1] if is_reply else messages


class JoinTurns(Repair):
    """Somebody who says two things after each other has said both."""

    name = "join_turns"
    label = _("Join messages of one role that follow each other, by an empty line")

    def mended(self, messages: list[Message]) -> list[Message]:
        """See Repair."""
        groups = (list(group) for _role, group in groupby(messages, _joinable))
        return [
            message
            for group in groups
            for message in ([_joined(group)] if _joinable(group[0])[1] else group)
        ]


REPAIRS: tuple[Repair, ...] = (JoinTurns(), LeaveOffReply())
_TRIED = [(REPAIRS[0],), (REPAIRS[1],), REPAIRS]


class Reading:
    """Reads entries as `read` does; those that are bad with the chosen repairs.

    offered: which repair would make, or has made, a good entry of which bad ones, by their places.
    """

    def __init__(self, read: Callable[[object, int], Row], chosen: Collection[str]) -> None:
        self._read, self._chosen = read, chosen
        self.offered: dict[str, list[int]] = {repair.name: [] for repair in REPAIRS}

    def __call__(self, value: object, number: int) -> Any:
        """The row; BadInputError says what is wrong with the entry as it is."""
        try:
            return self._read(value, number)
        except BadInputError:
            for repairs in _TRIED:
                row = self._tried(value, number, repairs)
                if row is None:
                    continue
                for repair in repairs:
                    self.offered[repair.name].append(number)
                if all(repair.name in self._chosen for repair in repairs):
                    return row
                break
            raise

    def _tried(self, value: object, number: int, repairs: Sequence[Repair]) -> Any:
        if not isinstance(value, dict):
            return None
        key = "messages" if "messages" in value else "prompt"
        before = messages = value.get(key)
        if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
            return None
        for repair in repairs:
            messages = repair.mended(messages)
        if not messages or messages == before:
            return None
        try:
            return self._read({**value, key: messages}, number)
        except BadInputError:
            return None


def _joinable(message: Message) -> tuple[str, bool]:
    """Its role, and whether it says a text and nothing else."""
    is_text = message.keys() == {"role", "content"} and isinstance(message["content"], str)
    return str(message.get("role")), is_text


def _joined(group: list[Message]) -> Message:
    texts = [message["content"] for message in group]
    return {**group[0], "content": "\n\n".join(text for text in texts if text.strip())}
