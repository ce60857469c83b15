"""What `manage.py check` and `prepare` warn of."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.http.request import validate_host


@register
def proxies_are_counted(**_: Any) -> list[CheckMessage]:
    """Under https there is a proxy; uncounted, all people have its address."""
    if not settings.HTTPS or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    return [
        Warning(
            "SITE_URL is https, so a proxy stands before Rondo, but TRUSTED_PROXIES is 0: all "
            "people share its address, and ten wrong passwords lock everybody's sign-in.",
            hint="Set TRUSTED_PROXIES=1, and let the proxy append to X-Forwarded-For.",
            id="accounts.W001",
        )
    ]


@register
def the_site_answers_by_its_name(**_: Any) -> list[CheckMessage]:
    """The host that people type must be one that is answered."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    host = f"[{host}]" if ":" in host else host
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    return [
        Warning(
            f"ALLOWED_HOSTS lacks {host}, the host of SITE_URL: every page will say that this site "
            "is set up for another address.",
            hint=f"Add it: ALLOWED_HOSTS={','.join([host, *settings.ALLOWED_HOSTS])}",
            id="accounts.W002",
        )
    ]
