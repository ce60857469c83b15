"""How many requests a token may make in a minute, counted in Valkey for all web processes.

The headers are those of draft-ietf-httpapi-ratelimit-headers. While Valkey is away nobody is
refused: it only counts.
"""

import logging
import time
from functools import lru_cache
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import ApiToken
from core.errors import TooManyError

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
PATIENCE = 0.25  # seconds that a request waits for Valkey
PAUSE = 5.0  # seconds for which it is not asked again once it has not answered

_asked_again_at = 0.0


def count(request: Any, token: ApiToken) -> None:
    """Count the request; TooManyError, with the seconds to wait, beyond what a minute may have."""
    answer = _counted(f"rondo:api:{token.pk}")
    if answer is None:
        return
    made, left = answer
    limit = settings.API_REQUESTS_A_MINUTE
    request.rate = (limit, max(limit - made, 0), left)
    if made > limit:
        error = TooManyError(
            _("This token has made %(limit)d requests in a minute. Go on in %(seconds)d s.")
            % {"limit": limit, "seconds": left}
        )
        error.retry_after = left
        raise error


def tell(request: Any, response: HttpResponseBase) -> None:
    """Say in the answer's headers what is left, where it was counted."""
    if rate := getattr(request, "rate", None):
        limit, left, seconds = rate
        response["RateLimit-Policy"] = f'"token";q={limit};w={WINDOW}'
        response["RateLimit"] = f'"token";r={left};t={seconds}'


def _counted(key: str) -> tuple[int, int] | None:
    """(requests in this window, seconds until the next), None where nobody counts."""
    global _asked_again_at
    if time.monotonic() < _asked_again_at:
        return None
    try:
        with _client(current_app.conf.broker_url).pipeline() as pipeline:
            pipeline.set(key, 0, ex=WINDOW, nx=True).incr(key).pttl(key)
            _made, made, left = pipeline.execute()
    except (redis.RedisError, ValueError) as error:
        logger.warning("requests of the API are not counted: %s", type(error).__name__)
        _asked_again_at = time.monotonic() + PAUSE
        return None
    return made, max(-(-left // 1000), 1)


@lru_cache(maxsize=2)
def _client(url: str) -> Any:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
