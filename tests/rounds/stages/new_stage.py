"""A whole new stage, as CONTRIBUTING describes one: a folder of the platform, a trainer, no more.

It moves each weight of a model by a fixed amount in each step, which no one needs and needs no
library.
"""

STAGE = '''
"""Nudge: every weight moves a little."""

from pathlib import Path

from jobs.models import Job
from registry.models import ModelVersion
from rounds.stages.base import Stage
from rounds.stages.findings import Finding, Look, Stock
from rounds.stages.nudge import folder as files
from rounds.stages.nudge import needs
from rounds.stages.nudge.curves import CURVES
from rounds.stages.nudge.settings import SETTINGS
from rounds.stages.setting import Recipe
from training.nudge.spec import NudgeSpec


class Nudge(Stage):
    """Registers a policy."""

    name = "nudge"
    label = "Nudge"
    starts_from = (ModelVersion.Kind.SFT,)
    makes = ModelVersion.Kind.POLICY
    title = "Policy whose weights were nudged"
    settings = SETTINGS
    curves = CURVES
    bytes_a_parameter = 8

    def examples(self, recipe: Recipe, stock: Stock) -> int:
        return stock.rows("demonstrations")

    def findings(self, look: Look) -> list[Finding]:
        return needs.findings(look)

    def operations(self, look: Look) -> float:
        return look.parameters * look.recipe["steps"]

    def prepare(self, job: Job, folder: Path) -> NudgeSpec:
        return files.prepare(self.begin(job), folder)


STAGE = Nudge()
'''

SETTINGS = '''
"""Settings of nudging."""

from rounds.stages.setting import Setting

SETTINGS = (
    Setting(
        name="steps",
        label="Nudges",
        why="Each moves every weight.",
        low=1,
        high=100,
        cpu=3,
        instructgpt=9,
        main=True,
    ),
    Setting(name="size", label="Size", why="Of one.", low=0, high=1, cpu=0.25, instructgpt=0.5),
)
'''

NEEDS = '''
"""What nudging needs: demonstrations to look at."""

from rounds.stages.findings import Finding, Look, counted


def findings(look: Look) -> list[Finding]:
    have = look.stock.rows("demonstrations")
    return [counted(look.round, have, f"{have} demonstrations to look at", "Ask for some")]
'''

FOLDER = '''
"""What nudging reads."""

from pathlib import Path

from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.folder import path_of, snapshot_of, spec_settings, write_data
from rounds.stages.nudge.settings import SETTINGS
from training.nudge.spec import NudgeSpec


def prepare(run: Run, folder: Path) -> NudgeSpec:
    write_data(folder, NudgeSpec, train=read(snapshot_of(run), "demonstrations", split="train"))
    return NudgeSpec(model=path_of(run.source), **spec_settings(run, SETTINGS))
'''

CURVES = '''
"""What the curves of nudging mean."""

from rounds.stages.curve import Curve

CURVES = (Curve(name="distance", label="Distance from the start", hint="Rises evenly."),)
'''

SPEC = '''
"""What nudging is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import DEMONSTRATIONS, Table


@dataclass(frozen=True, kw_only=True)
class NudgeSpec(Spec):
    stage: ClassVar[str] = "nudge"
    data: ClassVar[Mapping[str, Table]] = {"train": DEMONSTRATIONS}
    model: str
    steps: int = 1
    size: float = 0.1
'''

TRAINER = '''
"""The process."""

import shutil
from pathlib import Path

from safetensors.numpy import load_file, save_file

from training.artifacts import write_folder
from training.folder import JobFolder
from training.nudge.spec import NudgeSpec


def nudge(folder: JobFolder) -> None:
    spec = folder.spec(NudgeSpec)
    examples = folder.read_table(spec, "train")
    for step in range(1, spec.steps + 1):
        folder.metric(step, {"distance": step * spec.size})
        folder.progress(step, spec.steps, phase="train")

    def fill(target: Path) -> None:
        for path in Path(spec.model).iterdir():
            if path.suffix != ".md" and path.name != "MANIFEST.json":
                shutil.copy(path, target)
        weights = load_file(target / "model.safetensors")
        moved = {name: value + spec.steps * spec.size for name, value in weights.items()}
        save_file(moved, target / "model.safetensors")

    write_folder(folder.model, fill)
    folder.result({"steps": spec.steps, "examples": len(examples)})
'''

MAIN = '''
"""`python -m training.nudge FOLDER`."""

from training.stage import main
from training.nudge.trainer import nudge

main(nudge)
'''

FILES = {
    "rounds/stages/nudge/__init__.py": STAGE,
    "rounds/stages/nudge/settings.py": SETTINGS,
    "rounds/stages/nudge/needs.py": NEEDS,
    "rounds/stages/nudge/folder.py": FOLDER,
    "rounds/stages/nudge/curves.py": CURVES,
    "training/nudge/__init__.py": "",
    "training/nudge/__main__.py": MAIN,
    "training/nudge/spec.py": SPEC,
    "training/nudge/trainer.py": TRAINER,
}
