"""What is found by its presence: the packages below a package that may lie in several places."""

import pkgutil
from collections.abc import Iterable
from pathlib import Path


def packages(places: Iterable[str]) -> dict[str, Path]:
    """The folder of each package in `places`, a package's __path__, by its name.

    Of two of the same name the first counts, as an import would find it.
    """
    found: dict[str, Path] = {}
    for place in places:
        for _finder, name, is_package in pkgutil.iter_modules([place]):
            if is_package:
                found.setdefault(name, Path(place, name))
    return found


def locales(folders: dict[str, Path]) -> list[Path]:
    """The folders of translations in `folders`, in the order of their names."""
    found = [folder / "locale" for _name, folder in sorted(folders.items())]
    return [folder for folder in found if folder.is_dir()]
