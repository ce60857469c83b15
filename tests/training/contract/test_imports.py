"""The platform may import the contract and the specs: only the standard library comes along."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHARED = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for pattern in ("training/contract/*.py", "training/*/spec.py")
    for path in ROOT.glob(pattern)
)
FOREIGN = """
import importlib, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(roots - sys.stdlib_module_names))
print(*sorted(name for name in sys.modules if name.startswith("training")))
"""


@pytest.mark.parametrize("module", SHARED)
def test_only_the_standard_library_comes_along(module: str) -> None:
    words = [sys.executable, "-c", FOREIGN, module]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    foreign, loaded = done.stdout.splitlines()

    # Jinja parses chat templates, where somebody takes a model in: nobody else loads that module.
    allowed = "jinja2 markupsafe training" if module.endswith(".templates") else "training"
    assert foreign == allowed
    assert [name for name in loaded.split() if not is_shared(name)] == []


def is_shared(name: str) -> bool:
    package, _, rest = name.removeprefix("training").strip(".").partition(".")
    return package == "contract" or rest in {"", "spec"}
