"""What a model is given: a prompt after the system message and the exemplars of its project.

Whoever gives a prompt to a model, stores what one was given, or shows it, takes it from here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from training.contract import conversations

Message = Mapping[str, Any]


def given(preamble: Sequence[Message], prompt: Sequence[Message]) -> list[Message]:
    """The messages of `prompt` after those of `preamble`, which may have none.

    A system message of the prompt's own stands in the place of the preamble's.
    """
    system, exemplars = _parts(preamble)
    own, asked = _parts(prompt)
    return [*(own or system), *exemplars, *asked]


def put_before(preamble: Sequence[Message], prompt: Sequence[Message]) -> list[Message]:
    """Those messages of `preamble` that `given` adds to `prompt`."""
    system, exemplars = _parts(preamble)
    own, _asked = _parts(prompt)
    return exemplars if own else [*system, *exemplars]


def whole(preamble: Sequence[Message], prompt: str, then: Sequence[Message] = ()) -> str:
    """The same for the JSON of a prompt that is more than roles and texts; "" for any other.

    That is `training.contract.conversations.given`, which models are given in place of its texts.
    then: what was said after the prompt.
    """
    if not prompt or not (preamble or then):
        return prompt
    said = json.loads(prompt)
    messages = [*given(preamble, said["messages"]), *then]
    return conversations.given(messages, said.get("tools", []))


def _parts(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """The system message, if there is one, and all others."""
    leading = 1 if messages and messages[0]["role"] == "system" else 0
    return list(messages[:leading]), list(messages[leading:])
