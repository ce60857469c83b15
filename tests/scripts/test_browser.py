"""Which browser the tests drive, and how one is installed where there is none."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import browser

CHROMIUM = "echo Chromium 140.0"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of programs that is all that this machine has; a call is written into `calls`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "chmod", "cat", "env"):
        (folder / name).symlink_to(next(Path(p) / name for p in ("/bin", "/usr/bin")))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setattr(browser, "PLAYWRIGHT", (str(folder / "playwright"), "install", "chromium"))
    monkeypatch.setattr(browser, "_is_root", lambda: False)
    monkeypatch.setattr(browser, "_downloaded", lambda: None)
    browser.find.cache_clear()
    yield folder
    browser.find.cache_clear()


def program(folder: Path, name: str, *lines: str) -> None:
    """A shell script in `folder` that writes down how it is called."""
    text = "\n".join(["#!/bin/sh", f'echo "{name} $*" >> "{folder}/calls"', *lines])
    (folder / name).write_text(text + "\n")
    (folder / name).chmod(0o755)


def installs(folder: Path, name: str) -> str:
    """A line of a script that puts a browser into `folder`."""
    there = folder / name
    return f"printf '#!/bin/sh\\n{CHROMIUM}\\n' > '{there}'; chmod 755 '{there}'"


def calls(folder: Path) -> list[str]:
    """What was called, but for questions after the version."""
    path = folder / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if "--version" not in line and "fc-list" not in line]


@pytest.mark.parametrize("name", browser.NAMES)
def test_a_browser_of_the_system_is_taken_as_it_is(machine: Path, name: str):
    program(machine, name, CHROMIUM)

    assert browser.main() == 0
    assert browser.find() == machine / name
    assert calls(machine) == []


def test_a_program_that_only_stands_for_a_browser_is_passed_over(machine: Path):
    program(machine, "chromium", "echo 'install the snap first' >&2", "exit 1")
    program(machine, "google-chrome", "echo Google Chrome 140.0")

    assert browser.find() == machine / "google-chrome"


def test_root_gets_the_systems_packages(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browser, "_is_root", lambda: True)
    program(machine, "fc-list")
    program(machine, "apt-get", f'[ "$1" = update ] || {{ {installs(machine, "chromium")}; }}')

    assert browser.main() == 0
    assert calls(machine) == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk",
    ]


def test_root_gets_the_font_alone_where_there_is_a_browser(
    machine: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browser, "_is_root", lambda: True)
    program(machine, "chromium", CHROMIUM)
    program(machine, "fc-list")
    program(machine, "apt-get")

    assert browser.main() == 0
    assert calls(machine)[1:] == ["apt-get install -y -qq --no-install-recommends fonts-noto-cjk"]


def test_others_get_playwrights_download(machine: Path):
    program(machine, "apt-get")
    program(machine, "playwright", installs(machine, "chromium"))  # it puts it elsewhere

    assert browser.main() == 0
    assert calls(machine) == ["playwright install chromium"]


def test_root_gets_playwrights_download_where_the_package_is_no_browser(
    machine: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browser, "_is_root", lambda: True)
    program(machine, "apt-get")
    program(machine, "playwright", installs(machine, "chromium"))

    assert browser.main() == 0
    assert calls(machine)[-1] == "playwright install chromium --with-deps"


@pytest.mark.parametrize(
    ("apt", "said"),
    [
        (True, "sudo apt-get install chromium fonts-noto-cjk"),
        (False, "playwright install chromium --with-deps"),
    ],
)
def test_where_nothing_works_one_command_is_named(
    machine: Path, capsys: pytest.CaptureFixture[str], apt: bool, said: str
):
    if apt:
        program(machine, "apt-get")
    program(machine, "playwright", "exit 1")

    assert browser.main() == 1
    told = capsys.readouterr().err
    assert told.startswith("The tests need Chromium or Chrome. Install it with: sudo ")
    assert told.endswith(f"{said}\n")


def test_what_playwright_has_downloaded_is_found(machine: Path, monkeypatch: pytest.MonkeyPatch):
    """At the place where this version of Playwright looks for it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    assert path.is_relative_to(os.environ["PLAYWRIGHT_BROWSERS_PATH"])
    path.parent.mkdir(parents=True)
    program(path.parent, path.name, CHROMIUM)
    monkeypatch.undo()
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(machine.parent / "downloads"))
    monkeypatch.setenv("PATH", str(machine))

    assert browser.find() == path
