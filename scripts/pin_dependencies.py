"""Print constraints.txt: the versions in this environment of all that Rondo depends on.

    .venv/bin/python scripts/pin_dependencies.py > constraints.txt

Walks the dependencies of every extra, so that what else is installed here is not pinned.
"""

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADER = """\
# The versions that Rondo was tested with: pip install -e '.[embedded,train]' -c constraints.txt
# Made by scripts/pin_dependencies.py; torch's local version (+cpu, +cu130) is left to the index.
"""


def follow(line: str, found: dict[str, str], seen: set[str], *, extra: str = "") -> None:
    """Add the package that the requirement `line` names, and all it needs, to `found`."""
    requirement = Requirement(line)
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
        return
    try:
        package = distribution(requirement.name)
    except PackageNotFoundError:  # for another platform or Python
        return
    name = canonicalize_name(requirement.name)
    if name == "pip":  # what installs all this is the machine's own
        return
    found[name] = package.version.partition("+")[0]
    for wanted in requirement.extras | {""}:
        if f"{name}[{wanted}]" not in seen:
            seen.add(f"{name}[{wanted}]")
            for inner in package.requires or ():
                follow(inner, found, seen, extra=wanted)


def main() -> None:
    """Print the file."""
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    found: dict[str, str] = {}
    seen: set[str] = set()
    for lines in (project["dependencies"], *project["optional-dependencies"].values()):
        for line in lines:
            follow(line, found, seen)
    print(HEADER + "\n".join(f"{name}=={version}" for name, version in sorted(found.items())))


if __name__ == "__main__":
    main()
