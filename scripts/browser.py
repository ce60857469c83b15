"""Find the browser that the tests drive, or install one: `python scripts/browser.py`.

Any Chromium or Chrome will do: the system's, else the one that Playwright has downloaded. Where
there is none, root gets the system's package (where apt is), everybody else Playwright's download.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")  # the font: the pages are tested in Chinese as well
APT = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
PLAYWRIGHT = (str(Path(sys.executable).with_name("playwright")), "install", "chromium")


@functools.cache
def find() -> Path | None:
    """The browser to drive, None where there is none that runs."""
    found = (Path(path) for name in NAMES if (path := shutil.which(name)))
    return next(filter(runs, found), None) or _downloaded()


def runs(program: Path) -> bool:
    """Whether it starts: it may lack libraries, or stand for a package that is not installed."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and "Chrom" in asked.stdout


def _downloaded() -> Path | None:
    """The browser that Playwright has downloaded for its version."""
    # In a process of its own: where Playwright's event loop runs, a second one cannot.
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    path = Path(asked.stdout.strip() or "/nonexistent")
    return path if runs(path) else None


def has_font() -> bool:
    """Whether Chinese can be shown; yes where nobody can tell."""
    try:
        asked = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True)
    except OSError:
        return True
    return bool(asked.stdout.strip())


def ways(*, browser: bool, font: bool) -> list[list[str]]:
    """The commands that install what is missing, the best first; empty where nothing is."""
    apt = _is_root() and shutil.which("apt-get") is not None
    found: list[list[str]] = []
    if apt and not (browser and font):
        missing = [name for name, there in zip(PACKAGES, (browser, font), strict=True) if not there]
        found.append([*APT, *missing])
    if not browser:
        found.append([*PLAYWRIGHT, *(["--with-deps"] if apt else [])])
    return found


def command() -> str:
    """What a person types where nothing else has worked."""
    if shutil.which("apt-get"):
        sudo = "" if _is_root() else "sudo "
        return f"{sudo}apt-get install {' '.join(PACKAGES)}"
    return f"{'' if _is_root() else 'sudo '}{' '.join(PLAYWRIGHT)} --with-deps"


def _is_root() -> bool:
    return os.geteuid() == 0


def main() -> int:
    """Install what is missing; 1 where there is still no browser."""
    browser, font = find() is not None, has_font()
    for way in ways(browser=browser, font=font):
        print(f"Installing what the browser tests need: {' '.join(way)}", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if way[0] == "apt-get":
            subprocess.run(["apt-get", "update", "-qq"], env=env)
        subprocess.run(way, env=env, stdout=subprocess.DEVNULL)
        find.cache_clear()
        if find() is not None:
            return 0
    if find() is None:
        print(f"The tests need Chromium or Chrome. Install it with: {command()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
