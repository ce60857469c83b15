"""The model card that every stored model carries: what it is, made from what, how."""

import json
from typing import Any

from registry.models import ModelVersion

TITLES = {
    ModelVersion.Kind.BASE: "Base model",
    ModelVersion.Kind.SFT: "Model fine-tuned on demonstrations",
    ModelVersion.Kind.REWARD: "Reward model",
    ModelVersion.Kind.SECOND: "Second reward model",
    ModelVersion.Kind.POLICY: "Policy",
}


def write(version: ModelVersion, *, title: str = "") -> str:
    """README.md with Hugging Face's front matter; `title` says how it was made.

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
    lines += [
        "",
        "Made with Rondo. Weights are safetensors; no code of this folder needs trust.",
        "",
    ]
    return "\n".join(lines)


def _word(text: Any) -> str:
    """A YAML scalar that stays one."""
    return json.dumps(str(text), ensure_ascii=False)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
