"""Numbers of bank cards."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.health.personal.base import FIGURES, Kind, Span

# Visa, Mastercard, American Express, UnionPay, Discover, JCB: in one piece, or in groups.
NUMBER = re.compile(r"(?<![0-9A-Za-z.,])[2-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
LENGTHS = {13, 15, 16, 17, 18, 19}
BEGINNINGS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35|6[0-9]")


class Cards(Kind):
    """With a beginning that issuers have and Luhn's check digit."""

    name = "card"
    label = _("The number of a bank card")
    mark = "[CARD]"
    needs = FIGURES

    def found(self, text: str) -> Iterator[Span]:
        """See Kind."""
        for found in NUMBER.finditer(text) if self.needs.search(text) else ():
            digits = re.sub("[ -]", "", found[0])
            is_card = len(digits) in LENGTHS and BEGINNINGS.match(digits) is not None
            if is_card and len(set(digits)) > 1 and _is_checked(digits):
                yield found.span()


def _is_checked(digits: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415  only imports need it

    return bool(luhn.is_valid(digits))
