"""What a run of a ballot reads and writes."""

from dataclasses import replace
from pathlib import Path

from rounds.models import Run
from rounds.stages.folder import read_output
from rounds.stages.generate import folder as generation
from rounds.verdict.arriving import take_over
from training.generate.spec import GenerateSpec


def prepare(run: Run, folder: Path) -> GenerateSpec:
    """As generation does, but in float32, as evaluations write."""
    return replace(generation.prepare(run, folder), exact=True)


def complete(run: Run, folder: Path) -> None:
    """Store the texts, and ask people where both sides are there."""
    take_over(run, list(read_output(folder, GenerateSpec, "completions")))
