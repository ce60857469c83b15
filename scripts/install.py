"""Install Rondo with some extras into this environment: `install.py EXTRAS STAMP...`.

Shows the large downloads as they come; pip's full output goes to .venv/install.log. The stamp files
tell make that the environment is up to date.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / ".venv" / "install.log"
LARGE = re.compile(r"\s*Downloading (?:\S*/)?([\w.]+-[\w.]+?)[-+]\S* \((\d{2,}\.\d MB|[\d.]+ GB)\)")


def main(extras: str, stamps: list[str]) -> int:
    """Run pip; its exit code."""
    started = time.monotonic()
    print(f"Installing Rondo with {extras} (the first time takes minutes)", flush=True)
    command = [
        *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check"),
        # Compiled on first import: most modules of torch and transformers are never used.
        *("--no-compile", "--progress-bar", "off", "--constraint", "constraints.txt"),
        *("--editable", f".[{extras}]"),
        *("--editable", "./client[cli]"),
    ]
    pip = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    errors = []
    assert pip.stdout is not None
    with LOG.open("w") as log:
        for line in pip.stdout:
            log.write(line)
            if found := LARGE.match(line):
                print(f"  downloading {found[1]} ({found[2]})", flush=True)
            elif line.startswith("Installing collected packages"):
                print(f"  unpacking {line.count(',') + 1} packages", flush=True)
            elif line.startswith("ERROR:"):
                errors.append(line.removeprefix("ERROR:").strip())
    if pip.wait() != 0:
        reason = errors[0] if errors else "pip failed"
        print(
            f"Rondo could not be installed: {reason} (all of pip's output: {LOG})", file=sys.stderr
        )
        return 1
    for stamp in stamps:
        (ROOT / stamp).touch()
    print(f"Installed in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
