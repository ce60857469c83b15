"""Addresses of e-mail."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.health.personal.base import Kind, Span

# Bounded parts, and no letter that may belong to either of two: no text takes long.
ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
    r"(?![A-Za-z0-9-])"
)
MADE_UP = re.compile(r"(?:^|[@.])(?:example\.(?:com|org|net)|test|invalid|localhost)$")  # RFC 2606


class Emails(Kind):
    """Those of domains that nobody can have are no one's."""

    name = "email"
    label = _("An e-mail address")
    mark = "[EMAIL]"
    needs = re.compile("@")

    def found(self, text: str) -> Iterator[Span]:
        """See Kind."""
        if "@" in text:
            for found in ADDRESS.finditer(text):
                if not MADE_UP.search(found[0].lower()):
                    yield found.span()
