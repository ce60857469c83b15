"""The layout's one trap: `platform/` is a source root and must never become a package."""

import platform
from pathlib import Path
from types import SimpleNamespace

from tests import order

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


def test_the_longest_tests_are_there_and_come_first():
    assert [path for path in order.PLACES if not path.is_file()] == []
    first, second = list(order.PLACES)[:2]
    items = [(first.parent, "one"), (second, "two"), (first.parent, "three"), (first, "four")]
    found = [SimpleNamespace(path=path, name=name) for path, name in items]

    order.longest_first(found)

    assert [item.name for item in found] == ["four", "two", "one", "three"]
