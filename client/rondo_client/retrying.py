"""When a request is sent again, and after how long."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

# The server could not do it just now: of 500 nobody knows whether it did.
LATER = {429, 502, 503, 504}
# A twin of the request is being answered: the server says so with Retry-After.
TWIN = 409


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """tries: how often a request is sent at the most. longest_wait: seconds between two of them.

    A server that asks for more than `longest_wait` is not waited for: the error says how long.
    """

    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random  # from 0 to 1

    def wait_after(self, tried: int, response: httpx.Response | None) -> float | None:
        """Seconds before the next try after `tried` of them; None: there is no next one.

        response: what came back; None where the connection was lost.
        """
        asked = None if response is None else retry_after(response)
        if response is not None and not (
            response.status_code in LATER or (response.status_code == TWIN and asked is not None)
        ):
            return None
        if tried >= self.tries:
            return None
        if asked is not None:
            return asked if asked <= self.longest_wait else None
        # Spread over the whole time, so that many clients do not come back at once.
        return self.chance() * min(self.longest_wait, self.first_wait * 2.0 ** (tried - 1))


def retry_after(response: httpx.Response) -> float | None:
    """Seconds until it may be tried again: the header has a number of them or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
