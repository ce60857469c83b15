"""The layout's one trap: `platform/` is a source root and must never become a package."""

import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_platform_folder_does_not_shadow_the_standard_library():
    assert list((ROOT / "platform").glob("*.py")) == []
    assert platform.__spec__ is not None
    assert platform.__spec__.origin is not None
    assert platform.__spec__.origin.endswith("platform.py")
    assert platform.system()


def test_tests_are_no_packages():
    packages = {path.parent for path in (ROOT / "tests").rglob("__init__.py")}
    # What a recipe of CONTRIBUTING.md makes: its test lays the folder into a scratch package.
    examples = set((ROOT / "tests").glob("new_*/*"))
    assert packages - examples == set()
