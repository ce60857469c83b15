"""What the contract names is named nowhere else."""

import ast
from pathlib import Path

from training.contract import files, folders, manifest

ROOT = Path(__file__).resolve().parents[3]
NAMES = {
    files.JOB,
    files.EVENTS,
    files.CHECKPOINTS,
    files.RESULT,
    files.WORKER_PID,
    files.error(Path()).name,
    manifest.NAME,
    folders.CONFIG,
    folders.TOKENIZER,
}


def literals(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str
    }


def test_names_of_files_are_the_contracts_alone() -> None:
    sources = [
        path
        for package in ("platform", "workers", "labeling", "training")
        for path in (ROOT / package).rglob("*.py")
        if not path.is_relative_to(ROOT / "training/contract")
    ]
    found = {
        f"{path.relative_to(ROOT)}: {name}" for path in sources for name in literals(path) & NAMES
    }

    assert len(sources) > 100
    assert found == set()
