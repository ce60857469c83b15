"""Nothing but its folder and its trainer knows a stage by its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rounds import stages

ROOT = Path(__file__).resolve().parents[3]
NAMES = set(stages.find())

# Where else a name may stand, and why.
ALLOWED = {
    "platform/api/launch_parts.py": "the example of a body: data",
    "platform/api/exports/evaluations.py": "the reward, a figure of an evaluation",
    "platform/api/parts.py": "kinds of models: what a stage makes, not the stage",
    "platform/api/routers/evaluations.py": "the reward of a sample",
    "platform/registry/models.py": "kinds of models: what a stage makes, not the stage",
    "platform/rehearsal/recipe.py": "a recipe says which stages a rehearsal runs, as data",
    "platform/rehearsal/report.py": "reads a table that the evaluation's trainer wrote",
    "platform/rehearsal/rivals.py": "the reward, a figure of an evaluation",
    "platform/rounds/evaluation/against.py": "the reward, a figure of an evaluation",
    "platform/rehearsal/scoring.py": "the reward, a figure of an evaluation",
    "platform/rounds/views/texts.py": "the reward of a sample, a word of the run page",
    "platform/rounds/collecting/writing.py": "queues what writes a round's completions",
    "platform/rounds/collecting/choosing.py": "queues what chooses among candidates",
    "platform/rounds/verdict/writing.py": "queues what writes the texts of a vote",
}
HOMES = [f"platform/rounds/stages/{name}/" for name in NAMES]


def names_in(source: str) -> Iterator[str]:
    """The stages' names in a module: as strings, and in what it imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in NAMES:
            yield str(node.value)
        if isinstance(node, ast.ImportFrom) and node.module:
            match node.module.split("."):
                case ["rounds", "stages", name, *_] | ["training", name, *_] if name in NAMES:
                    yield name


def test_names_are_found() -> None:
    source = 'from training.sft.spec import SFTSpec\nif run.stage == "ppo":\n    pass\n'
    assert sorted(names_in(source)) == ["ppo", "sft"]


def test_no_module_names_a_stage_that_is_not_its_own() -> None:
    found = set()
    for folder in ("platform", "labeling", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name or name.startswith(tuple(HOMES)):
                continue
            if any(names_in(path.read_text())):
                found.add(name)

    assert found == set(ALLOWED)


def test_no_page_asks_which_stage_it_shows() -> None:
    asks = re.compile(rf"""[=!]=+ ?["'](?:{"|".join(sorted(NAMES))})["']""")
    pages = [
        path.relative_to(ROOT).as_posix()
        for folder in ("platform", "labeling")
        for pattern in ("*.html", "*.js")
        for path in (ROOT / folder).rglob(pattern)
        if "vendor" not in path.parts and asks.search(path.read_text())
    ]
    assert pages == []
