"""Known faults of the versions in constraints.txt, as the public advisory database has them.

Where it cannot be reached this says so and passes: a machine without a network has to build, too.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 180
# Advisories that do not concern Rondo, each with the reason: "GHSA-…": "we do not …".
ACCEPTED: dict[str, str] = {}
NOTHING = ["Not audited: the advisory database cannot be reached from here."]


def ask() -> str:
    """What pip-audit prints; "" where it could not ask."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
        *("--requirement", "constraints.txt", "--no-deps", "--disable-pip", "--timeout", "10"),
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def judge(answer: str) -> tuple[list[str], int]:
    """Lines to print, and the exit code."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return NOTHING, 0
    lines = [
        f"{package['name']} {package['version']}: {fault['id']}, "
        f"fixed in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for package in packages
        for fault in package.get("vulns", [])
        if not ACCEPTED.keys() & {fault["id"], *fault.get("aliases", [])}
    ]
    asked = sum("vulns" in package for package in packages)
    if not asked:  # a mirror answers, and knows no advisories
        return NOTHING, 0
    if lines:
        return [*lines, "Raise them in constraints.txt, or say in scripts/audit.py why not."], 1
    return [f"No known faults in {asked} of {len(packages)} pinned packages."], 0


if __name__ == "__main__":
    lines, code = judge(ask())
    print(*lines, sep="\n")
    sys.exit(code)
