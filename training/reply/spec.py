"""What a process that replies is told; what it is asked comes by its mailbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class ReplySpec(Spec):
    """Load a model once and reply to conversations until the mailbox is closed.

    A request (training.contract.mailbox) has `messages` and `given` as a prompt has them, a list of
    `seeds`, one for each reply, `max_new_tokens` and `temperature`. A reply has either `replies`, a
    list of {text, tokens, finish_reason} in the order of the seeds, or `problem`: why the model
    cannot take the conversation, one of training.prompts.
    """

    stage: ClassVar[str] = "reply"
    may_be_served: ClassVar[bool] = True
    results: ClassVar[Mapping[str, str]] = {
        "replies": "how many were written",
        "tokens": "of all replies",
        "seconds": "of this attempt",
        "template_hash": "of the model's chat template",
    }
    model: str
