"""What happens becomes rows to be sent, in the transaction in which it happens."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

# One statement, also where nobody listens: it runs with each answer of an annotator.
NOTE = """
WITH hearing AS (
  SELECT id FROM webhooks_endpoint
  WHERE project_id = %(project)s AND off = '' AND events @> ARRAY[%(type)s]::varchar[]
), event AS (
  INSERT INTO webhooks_event (project_id, key, type, body, once)
  SELECT %(project)s, gen_random_uuid(), %(type)s, %(body)s, %(once)s
  WHERE EXISTS (SELECT FROM hearing)
  ON CONFLICT DO NOTHING
  RETURNING id
)
INSERT INTO webhooks_delivery (endpoint_id, event_id, state, tries)
SELECT hearing.id, event.id, 'waiting', 0 FROM hearing, event
"""


def note(event: str, *, project: int, data: Mapping[str, Any], once: str | None = None) -> None:
    """Have `event` sent to all endpoints of the project that hear of it.

    once: a name under which the project is told of it one time only.
    """
    row: dict[str, Any] = {
        "project": project,
        "type": event,
        "body": body_of(event, data),
        "once": once,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, row)


def body_of(event: str, data: Mapping[str, Any]) -> str:
    """The payload, as the specification recommends it: type, timestamp and data."""
    payload = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
