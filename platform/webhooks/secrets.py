"""Secrets of endpoints, and how a message is signed with them.

A secret is not stored: it follows from a random seed in the database and from SECRET_KEY. Whoever
has the database alone, from a backup say, can sign nothing. With another SECRET_KEY the secrets are
others, which the fingerprint notices.
"""

import base64
import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

SALT = "webhooks.secret"


def secret_of(seed: uuid.UUID) -> str:
    """The secret as receivers take it: `whsec_` and 32 bytes in base64."""
    raw = salted_hmac(SALT, str(seed), algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(raw).decode()}"


def fingerprint(secret: str) -> str:
    """Tells one secret from another, and says nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def headers(key: uuid.UUID, body: str, secrets: Sequence[str], *, at: datetime) -> dict[str, str]:
    """Those of the specification; each of `secrets` signs."""
    name, at = f"msg_{key.hex}", at.astimezone(UTC)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign(name, at, body) for each in secrets),
    }
