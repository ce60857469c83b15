"""The text of a dataset card."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from labeling.models import Split
from rounds.dataset_card.facts import Facts
from rounds.dataset_card.front import front

TABLES = {
    "demonstrations": "what people wrote, or made of a model's text",
    "rankings": "completions in tiers, the best first",
    "prompts": "every prompt of the project, labeled or not",
}
LOADING = """\
```python
from datasets import load_dataset

{name} = load_dataset("path/to/this/folder", "{config}", split="{split}")
```"""
Rows = Iterable[Sequence[object]]


def write(facts: Facts) -> str:
    """README.md."""
    lines = [*front(facts), "", f"# {_line(facts.project)}", ""]
    if facts.description.strip():
        lines += [_quote(facts.description), ""]
    for title, part in (
        ("What it is", _what(facts)),
        ("Splits", _splits(facts)),
        ("How it was made", _made(facts)),
        ("Annotators", _annotators(facts)),
        ("Agreement", _agreement(facts)),
        ("Versions of the guidelines", _guidelines(facts)),
        ("Licence", [_line(facts.licence) or "None is stated yet."]),
    ):
        lines += [f"## {title}", "", *part, ""]
    return "\n".join(lines)


def _what(facts: Facts) -> list[str]:
    who = "Simulated annotators gave the labels." if facts.is_simulated else ""
    lines = [
        "Labels for reinforcement learning from human feedback, frozen by Rondo in a snapshot"
        f" that never changes, `{facts.sha256}`. {who}".rstrip(),
        "",
    ]
    lines += _table(
        ("File", "What", "Rows"),
        [(f"`{file}`", TABLES[table], _sum(facts, table)) for table, file in facts.files.items()],
    )
    split = Split.TRAIN if _rows(facts, Split.TRAIN) else Split.HELDOUT
    tables = [table for table in facts.files if facts.counts.get(split, {}).get(table)]
    if tables:
        config = tables[0] if split == Split.TRAIN else f"{tables[0]}_heldout"
        lines += ["", LOADING.format(name=tables[0], config=config, split=split.value)]
    lines += [
        "",
        "`annotation_id`, `prompt_id` and `annotator` are numbers of the installation that the"
        " labels come from: take `annotator` out before you give the files to somebody who could"
        " look up who that is.",
    ]
    return lines


def _splits(facts: Facts) -> list[str]:
    lines = _table(
        ("Split", *facts.files),
        [(s.value, *(facts.counts.get(s, {}).get(t, 0) for t in facts.files)) for s in Split],
    )
    return [
        *lines,
        "",
        "Both splits of a table lie in one file, with the column `split`; the configurations above"
        " part them. No model of the project trains on what is held out, and prompts that belong"
        " together are in the same split.",
    ]


def _made(facts: Facts) -> list[str]:
    lines = _table(
        ("Labels", "train", "heldout", "median seconds"),
        [
            (of.name, of.train, of.heldout, "" if of.seconds is None else f"{of.seconds:.0f}")
            for of in facts.kinds
        ],
    )
    lines.append("")
    if facts.filters:
        chosen = ", ".join(f"{name} = {_line(value)}" for name, value in facts.filters.items())
        lines.append(f"- Not all labels of the project, but those of: {chosen}.")
    if facts.first and facts.last:
        lines.append(f"- Given from {_day(facts.first)} to {_day(facts.last)} (UTC).")
    if facts.rounds:
        lines.append(f"- Rounds: {', '.join(str(number) for number in facts.rounds)}.")
    if facts.models:
        names = ", ".join(_line(name) for name in facts.models)
        lines.append(f"- Models that wrote the texts judged: {names}.")
    if facts.imported:
        lines.append(f"- Imported from files with their labels: {facts.imported:,}.")
    if facts.decisions:
        lines.append(f"- Decided by a reviewer where answers differed: {facts.decisions:,}.")
    return lines


def _annotators(facts: Facts) -> list[str]:
    if not facts.people:
        return ["Nobody gave a label in Rondo."]
    most = facts.people[-1] / sum(facts.people)
    return _table(
        ("", ""),
        [
            ("people", len(facts.people)),
            ("labels of one: fewest", facts.people[0]),
            ("labels of one: median", f"{facts.middle:g}"),
            ("labels of one: most", f"{facts.people[-1]} ({most:.0%} of all)"),
            ("hours of work in all", f"{facts.hours:.1f}"),
        ],
    )


def _agreement(facts: Facts) -> list[str]:
    if not facts.agreement:
        return ["No task was answered by several people, or nothing was measured yet."]
    lines = _table(
        ("Labels", "Figure", "Tasks", "Mean"),
        [(of.kind, of.figure, of.tasks, f"{of.mean:.3f}") for of in facts.agreement],
    )
    return [
        *lines,
        "",
        "Over the tasks of these labels that several people answered, as measured when this card"
        " was read: answers that came later count as well.",
    ]


def _guidelines(facts: Facts) -> list[str]:
    if not facts.guidelines:
        return ["No label was given under guidelines."]
    return _table(
        ("Version", "Since", "Labels"),
        [(f"v{of.number}", _day(of.since), of.labels) for of in facts.guidelines],
    )


def _table(head: Sequence[str], rows: Rows) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines]


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else _line(str(value)).replace("|", "\\|")


def _line(text: str) -> str:
    """Text of people on one line, without what Markdown or HTML would make of it."""
    return " ".join(text.split()).replace("<", "&lt;")


def _quote(text: str) -> str:
    return "\n".join(f"> {_line(line)}".rstrip() for line in text.splitlines())


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _rows(facts: Facts, split: Split) -> int:
    return sum(facts.counts.get(split, {}).values())


def _sum(facts: Facts, table: str) -> int:
    return sum(of.get(table, 0) for of in facts.counts.values())
