"""The front matter of a dataset card, by which the Hub and `load_dataset` read the files.

Strings are written as JSON has them, which is YAML as well.
"""

import json
from collections.abc import Iterator

from labeling.licences import OFFERED
from labeling.models import Split
from rounds.dataset_card.facts import Facts

SIZES = {
    10**3: "n<1K",
    10**4: "1K<n<10K",
    10**5: "10K<n<100K",
    10**6: "100K<n<1M",
    10**7: "1M<n<10M",
}
CONFIGS = {Split.TRAIN: "{table}", Split.HELDOUT: "{table}_heldout"}


def front(facts: Facts) -> list[str]:
    """Its lines, the rules around it among them."""
    lines = ["---", *_licence(facts.licence), f"pretty_name: {_quoted(facts.project)}"]
    if languages := sorted({tag.partition("-")[0].lower() for tag in facts.languages}):
        lines += ["language:", *(f"- {_quoted(tag)}" for tag in languages)]
    lines += ["task_categories:", "- text-generation"]
    if any(of.get("rankings") for of in facts.counts.values()):
        lines += ["- text-ranking"]
    lines += ["size_categories:", f"- {_size(facts)}", "tags:", "- rlhf", "- human-feedback"]
    if configs := [line for table in facts.files for line in _configs(facts, table)]:
        lines += ["configs:", *configs]
    return [*lines, "---"]


def _licence(licence: str) -> list[str]:
    if not licence:
        return ["license: unknown"]
    if licence in OFFERED:
        return [f"license: {OFFERED[licence]}"]
    return ["license: other", f"license_name: {_quoted(licence)}"]


def _size(facts: Facts) -> str:
    rows = sum(number for of in facts.counts.values() for number in of.values())
    return next((word for most, word in SIZES.items() if rows < most), "n>10M")


def _configs(facts: Facts, table: str) -> Iterator[str]:
    """One for each split that has rows, which lie in the same file: a filter parts them."""
    for split, name in CONFIGS.items():
        if not facts.counts.get(split, {}).get(table):
            continue
        yield f"- config_name: {name.format(table=table)}"
        yield from ("  data_files:", f"  - split: {split.value}", f"    path: {facts.files[table]}")
        yield from ("  filters:", f'  - ["split", "==", "{split.value}"]')


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
