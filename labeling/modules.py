"""What a page's scripts import: fetched at once, and not one import after another."""

import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders

PAGE = ("labeling/work.js", "labeling/prompt.js", "labeling/texts.js")
_IMPORT = re.compile(r'^(?:import|export)[^"\';]*["\'](\.{1,2}/[^"\']+)["\']', re.MULTILINE)


@lru_cache(maxsize=64)  # the files of an installation do not change
def imported(*names: str) -> tuple[str, ...]:
    """The static files that the scripts `names` import, and what those import, without `names`."""
    found = dict.fromkeys(names)
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        path = finders.find(name)
        text = Path(path).read_text("utf-8") if isinstance(path, str) else ""
        others = [_beside(name, other) for other in _IMPORT.findall(text)]
        waiting += [other for other in others if other not in found]
        found |= dict.fromkeys(others)
    return tuple(list(found)[len(names) :])


def _beside(name: str, other: str) -> str:
    """The file that `name` calls `other`, as in ../../diff.js."""
    place = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(other).parts:
        if part == "..":
            place.pop()
        else:
            place.append(part)
    return "/".join(place)
