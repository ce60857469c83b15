"""Which environment variables the code reads."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def settings_read() -> set[str]:
    """Their names; without those that only the tests turn, to make time short."""
    code = "".join(path.read_text() for path in sorted((ROOT / "platform/config").glob("*.py")))
    read = set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', code))
    return {name for name in read if not name.startswith("RONDO_JOB_")}
