"""Numbers of identity: of residents of China, and of social security in the United States."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from django.utils.translation import gettext_lazy as _

from labeling.health.personal.base import FIGURES, Kind, Span

CHINESE = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
AMERICAN = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")


class ResidentIds(Kind):
    """Of 18 digits with a place, a day of birth and a check digit; or as 000-00-0000."""

    name = "id"
    label = _("An identity number, such as that of a Chinese resident")
    mark = "[ID]"
    needs = FIGURES

    def found(self, text: str) -> Iterator[Span]:
        """See Kind."""
        for pattern, is_valid in _numbers() if self.needs.search(text) else ():
            for found in pattern.finditer(text):
                if is_valid(found[0].upper()):
                    yield found.span()


@cache
def _numbers() -> tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...]:
    from stdnum.cn import ric  # noqa: PLC0415  only imports need them
    from stdnum.us import ssn  # noqa: PLC0415

    return ((CHINESE, ric.is_valid), (AMERICAN, ssn.is_valid))
