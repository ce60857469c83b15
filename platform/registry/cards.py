"""The model card that every stored model carries: what it is, made from what, how."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from registry.models import ModelVersion

TITLES = {
    ModelVersion.Kind.BASE: "Base model",
    ModelVersion.Kind.SFT: "Model fine-tuned on demonstrations",
    ModelVersion.Kind.REWARD: "Reward model",
    ModelVersion.Kind.SECOND: "Second reward model",
    ModelVersion.Kind.POLICY: "Policy",
}


END = "Made with Rondo. Weights are safetensors; no code of this folder needs trust."
USE = """\
Rondo put the messages of `preamble.json` before each conversation in the round that trained this
model. A server such as vLLM does not read that file: who asks the model puts them there.

```python
preamble = json.load(open("preamble.json", encoding="utf-8"))
messages = [*preamble, {"role": "user", "content": "…"}]
tokenizer.apply_chat_template(messages, add_generation_prompt=True)
```

A conversation with a system message of its own keeps that, in the place of the one there."""


def write(
    version: ModelVersion, *, title: str = "", preamble: Sequence[Mapping[str, Any]] = ()
) -> str:
    """README.md with Hugging Face's front matter; `title` says how it was made.

    preamble: the messages that stood before each prompt, which lie beside it in a file.
    No times in it: equal models, equal cards.
    """
    parent = version.parent
    lines = ["---", "library_name: transformers", f"license: {_word(version.licence or 'other')}"]
    if not version.writes:
        lines.append("pipeline_tag: text-classification")
    else:
        lines.append("pipeline_tag: text-generation")
    lines += ["tags:", "- rlhf", f"- {version.kind}", "---", "", f"# {version.name}", ""]
    lines += [f"{title or TITLES[ModelVersion.Kind(version.kind)]}.", "", "| | |", "|---|---|"]
    lines.append(f"| parameters | {version.parameters:,} |")
    if version.source:
        lines.append(f"| source | {_cell(version.source)} |")
    if parent is not None:
        lines.append(f"| made from | {_cell(parent.name)} (`{parent.sha256}`) |")
    if version.template_hash:
        lines.append(f"| chat template | `{version.template_hash}` |")
    if version.metrics:
        lines += ["", "## Figures at the end of training", "", "```json"]
        lines += [json.dumps(version.metrics, indent=2, sort_keys=True, ensure_ascii=False), "```"]
    if preamble:
        lines += ["", "## Before each prompt", "", USE]
    lines += ["", END, ""]
    return "\n".join(lines)


def with_sections(card: str, sections: Mapping[str, Sequence[str]]) -> str:
    """A stored card with more below: what was not known, or not there, when it was written.

    sections: heading -> lines.
    """
    before, _end, _after = card.rpartition(END)
    lines = [(before or card).rstrip("\n")]
    for heading, text in sections.items():
        lines += ["", f"## {heading}", "", *text]
    return "\n".join([*lines, "", END, ""])


def _word(text: Any) -> str:
    """A YAML scalar that stays one."""
    return json.dumps(str(text), ensure_ascii=False)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
