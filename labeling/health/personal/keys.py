"""Keys of services, and private ones: by the forms that their makers give them."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.health.personal.base import WORD, Kind, Span

KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{20,200}"  # OpenAI, Anthropic and those after them
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"  # Amazon
    r"|LTAI[A-Za-z0-9]{12,20}"  # Alibaba
    r"|AKID[A-Za-z0-9]{32}"  # Tencent
    r"|AIza[A-Za-z0-9_-]{35}"  # Google
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}"
    r"|glpat-[A-Za-z0-9_-]{20,64}"
    r"|hf_[A-Za-z0-9]{30,40}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,200}"  # Slack
    r"|[sr]k_live_[A-Za-z0-9]{20,200}"  # Stripe
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}"  # JWT
    r")(?![A-Za-z0-9])"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,8000}"
    r"(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?"
)


class Keys(Kind):
    """What opens an account or a machine."""

    name = "key"
    label = _("A key of a service, or a private key")
    mark = "[KEY]"
    needs = WORD

    def found(self, text: str) -> Iterator[Span]:
        """See Kind."""
        if self.needs.search(text):
            for found in KEYS.finditer(text):
                yield found.span()
