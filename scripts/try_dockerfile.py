"""Run the steps of the Dockerfile in a scratch folder, for a machine without Docker.

    python3 scripts/try_dockerfile.py [FOLDER]

A virtual environment stands in for the base image, and the scratch folder for its root.
What changes users is left out. At the end the code of both images is asked to check itself.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECK = (
    "python manage.py check && celery -A workers report >/dev/null"
    " && gunicorn --config python:config.gunicorn --check-config"
)


def instructions(text: str) -> list[tuple[str, str]]:
    """(INSTRUCTION, rest) of each line; continued lines joined, comments dropped."""
    text = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


class Scratch:
    """A folder that stands in for an image's root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workdir = folder
        self.env = {**os.environ, "PATH": f"{folder}/venv/bin:{os.environ['PATH']}"}
        self.env.pop("PYTHONPATH", None)
        (folder / "data").mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)

    def place(self, text: str) -> str:
        """`text` with the image's folders moved into the scratch folder."""
        return re.sub(r"(?<![\w.])/(app|data)\b", rf"{self.folder}/\1", text)

    def run(self, command: str) -> None:
        """A RUN line, unless it is about users."""
        if command.startswith("useradd"):
            print("  (left out: no users in a scratch folder)")
            return
        subprocess.run(
            ["/bin/sh", "-c", self.place(command)], cwd=self.workdir, env=self.env, check=True
        )

    def copy(self, words: list[str]) -> None:
        """A COPY line: files and folders of the repository, as git knows them."""
        *sources, target = words
        for source in sources:
            to = self.workdir / target
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.mo", "*.egg-info")
                shutil.copytree(ROOT / source, to, ignore=ignored)
            else:
                shutil.copy(ROOT / source, to / source if to.is_dir() else to)

    def step(self, instruction: str, rest: str) -> None:
        """Carry out one instruction."""
        if instruction == "ENV":
            for pair in rest.split():
                name, _, value = pair.partition("=")
                self.env[name] = self.place(value)
        elif instruction == "ARG":
            name, _, value = rest.partition("=")
            self.env.setdefault(name, value.strip('"'))
        elif instruction == "WORKDIR":
            self.workdir = Path(self.place(rest))
            self.workdir.mkdir(parents=True, exist_ok=True)
        elif instruction == "COPY":
            self.copy(rest.split())
        elif instruction == "RUN":
            self.run(rest)


def main(folder: Path) -> None:
    """Build both stages, one after the other."""
    scratch = Scratch(folder)
    for instruction, rest in instructions((ROOT / "Dockerfile").read_text()):
        print(f"{instruction} {rest}", flush=True)
        scratch.step(instruction, rest)
    urls = "DATABASE_URL=postgresql://none/none REDIS_URL=redis://localhost"
    scratch.run(f"export SECRET_KEY={secrets.token_urlsafe(50)} {urls}; {CHECK}")
    scratch.run("python -c 'import torch, transformers, trl; print(torch.__version__)'")
    print("Every step of the Dockerfile ran.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary) / "image")
