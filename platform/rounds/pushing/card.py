"""The card of a model that leaves: as it was stored, with what is known of it by now."""

from collections.abc import Iterator
from pathlib import Path

from labeling.models import Split
from registry import cards
from registry.models import ModelVersion
from rounds.evaluation.promoting import said
from rounds.lineage import ancestors, run_that_made
from rounds.models import Evaluation, Run, Snapshot

VOTES = {
    "better": "People who compared its answers blind found them better.",
    "no_better": "People who compared its answers blind found no difference worth having.",
    "worse": "People who compared its answers blind found them worse.",
}


def card_of(version: ModelVersion, folder: Path) -> str:
    """README.md of `folder`, and on which labels it was trained, how it did, under which licences.

    It names no person, and no address of this installation.
    """
    run = run_that_made(version)
    sections: dict[str, list[str]] = {}
    if run is not None and run.snapshot is not None:
        sections["Data"] = list(_data(version, run, run.snapshot))
    measured = Evaluation.objects.filter(after=version).select_related("before", "run__round")
    if lines := [line for each in measured.order_by("pk") for line in _evaluation(version, each)]:
        sections["Evaluation"] = [*lines, *_votes(version, run)]
    sections["Licences"] = list(_licences(version, run))
    stored = (folder / "README.md").read_text(encoding="utf-8")
    return cards.with_sections(stored, sections)


def _data(version: ModelVersion, run: Run, snapshot: Snapshot) -> Iterator[str]:
    project = run.round.project
    yield f"Trained in round {run.round.number} of the project “{_line(project.name)}” on the"
    yield f"snapshot of its labels `{snapshot.sha256}`: {snapshot.annotations.count():,} labels."
    if run.half:
        yield f"It learned from one half of the prompts ({run.half}), another model from the other."
    tables = sorted({table for rows in snapshot.counts.values() for table in rows})
    yield from ("", f"| rows | {' | '.join(tables)} |", f"|---|{'---|' * len(tables)}")
    for split in Split.values:
        rows = snapshot.counts.get(split, {})
        yield f"| {split} | {' | '.join(f'{rows.get(table, 0):,}' for table in tables)} |"
    yield from ("", "What is held out trained no model of the project.")
    if before := ancestors(version):
        names = ", ".join(f"{_line(each.name)} (`{each.sha256[:12]}`)" for each in before)
        yield from ("", f"Made from: {names}.")


def _evaluation(version: ModelVersion, found: Evaluation) -> Iterator[str]:
    """On held-out prompts, before and after; `before` is what it would take the place of."""
    models = found.metrics.get("models", {})
    own, theirs = models.get(str(version.pk), {}), models.get(str(found.before_id), {})
    yield f"In round {found.run.round.number}, on held-out prompts:"
    yield from ("", f"| | {_line(found.before.name)} | {_line(version.name)} |", "|---|---|---|")
    for name, value in own.items():
        if isinstance(value, int | float):
            yield f"| {name.replace('_', ' ')} | {_number(theirs.get(name))} | {_number(value)} |"
    judge = found.metrics.get("reward_model", {})
    if isinstance(accuracy := judge.get("accuracy"), int | float):
        pairs = judge.get("pairs", 0)
        yield ""
        yield f"The reward model orders {accuracy:.1%} of {pairs} held-out pairs as people did."
    yield ""


def _votes(version: ModelVersion, run: Run | None) -> list[str]:
    if run is None or not version.writes:
        return []
    sentence = VOTES.get(said(run.round.project, version))
    return [sentence] if sentence else []


def _licences(version: ModelVersion, run: Run | None) -> Iterator[str]:
    yield f"- Weights: {_line(version.licence) or 'none is stated'}."
    if run is not None:
        yield f"- Labels: {_line(run.round.project.licence) or 'none is stated'}."


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else ""


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
