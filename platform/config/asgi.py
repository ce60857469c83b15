"""The ASGI application: `uvicorn config.asgi:application`."""

import os
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Under ASGI each request runs in a thread of its own: a connection kept for "the next request of
# this thread" is kept for nobody, and fifty busy annotators use up PostgreSQL's. They share a pool.
database: dict[str, Any] = settings.DATABASES["default"]
pool = {"min_size": 2, "max_size": 20, "timeout": 10}
database.update(CONN_MAX_AGE=0, OPTIONS={**database["OPTIONS"], "pool": pool})
application = get_asgi_application()
