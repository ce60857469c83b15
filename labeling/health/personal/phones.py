"""Telephone numbers: Chinese ones, others with their country's code or as Americans write them."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.health.personal.base import FIGURES, Kind, Span

SEPARATED = re.compile(r"[0-9)][ .)-]+[0-9]")
# Where its matcher takes a number for a part of another one, it looks at hundreds of readings.
TRIES = 2000


class Phones(Kind):
    """Those that a country's plan of numbers has: ten figures alone are no American's."""

    name = "phone"
    label = _("A telephone number")
    mark = "[PHONE]"
    needs = FIGURES

    def found(self, text: str) -> Iterator[Span]:
        """See Kind."""
        if not self.needs.search(text):
            return
        from phonenumbers import Leniency, PhoneNumberMatcher  # noqa: PLC0415  60 modules

        spans: list[Span] = []
        for region in ("CN", "US"):
            for match in PhoneNumberMatcher(text, region, Leniency.VALID, TRIES):
                span = (match.start, match.end)
                is_plain = region == "US" and not SEPARATED.search(match.raw_string)
                is_there = any(span[0] < end and start < span[1] for start, end in spans)
                if not is_plain and not is_there:
                    spans.append(span)
        yield from sorted(spans)
