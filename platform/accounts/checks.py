"""What `manage.py check` and `prepare` warn of."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


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
