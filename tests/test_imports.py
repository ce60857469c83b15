"""Modules import each other in one direction: a circle means that two of them are one."""

import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]


def circle(imports: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, in order; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) in (["b", "c", "b"], ["c", "b", "c"])
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_modules_import_each_other() -> None:
    """Imports for types alone do not count: models and their querysets name each other."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = config["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*packages, exclude_type_checking_imports=True, cache_dir=None)

    found = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    assert len(found) > 300
    assert circle(found) == []
