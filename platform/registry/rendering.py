"""A conversation through a model's chat template: the text that the model reads.

By a process of its own, which ends after SECONDS: a template is a program of whoever made the
model. It was looked through when the model was registered (training.contract.templates).
"""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInputError
from registry import store
from registry.models import ModelVersion
from training.contract import folders
from training.contract.folders import UnsafeFolderError

logger = logging.getLogger(__name__)

PROCESS = Path(__file__).with_name("rendering_process.py")
SECONDS = 5
CONFIG, TEMPLATE = "tokenizer_config.json", "chat_template.jinja"


@dataclass(frozen=True)
class Rendered:
    """The text; else what the template says against the conversation."""

    text: str = ""
    refusal: str = ""


def render(version: ModelVersion, messages: Sequence[Mapping[str, Any]]) -> Rendered | None:
    """What `version` reads; None where this machine has no template of it, or it fails."""
    try:
        template, tokens = _template_of(store.path_of(version.uri))
    except (OSError, UnsafeFolderError, BadInputError):
        return None
    if not template:
        return None
    asked = {"template": template, "tokens": tokens, "messages": list(messages)}
    try:
        done = subprocess.run(  # noqa: S603  our own process, and the interpreter of this one
            [sys.executable, "-P", PROCESS],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        return Rendered(**json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        logger.warning("the chat template of %s cannot be shown: %s", version.name, error)
        return None


def _template_of(folder: Path) -> tuple[str, dict[str, str]]:
    """The template, empty where there is none, and the special tokens by their names."""
    config = folders.load_json(folder / CONFIG, CONFIG)
    config = config if isinstance(config, dict) else {}
    tokens = {name: value for name, value in config.items() if name.endswith("_token")}
    tokens = {
        name: value.get("content", "") if isinstance(value, dict) else value
        for name, value in tokens.items()
        if isinstance(value, dict | str)
    }
    path = folder / TEMPLATE
    template = path.read_text("utf-8") if path.is_file() else config.get("chat_template", "")
    return template if isinstance(template, str) else "", tokens
