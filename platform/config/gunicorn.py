"""Settings of the web server: `gunicorn --config python:config.gunicorn`.

One process loads Rondo, then one for each core is forked from it and shares its memory.
"""

import os
import resource
from typing import Any

from config import connections, env
from core import limits
from core.lean import be_lean

wsgi_app = "config.asgi:application"
worker_class = "asgi"
bind = env.text("WEB_BIND", default="127.0.0.1:8000")
workers = env.whole("WEB_PROCESSES", default=len(os.sched_getaffinity(0)), least=1)
preload_app = True

# A browser keeps its connection while somebody reads a task.
keepalive = 75
graceful_timeout = 3  # a stream never ends by itself
asgi_lifespan = "off"
asgi_disconnect_grace_period = 1
control_socket_disable = True
forwarded_allow_ips = ""  # the scheme is SITE_URL's; addresses are counted by TRUSTED_PROXIES
limit_request_fields = 64
loglevel = "warning"

FILES = 2 * limits.CONNECTIONS


connections.install()


def when_ready(server: Any) -> None:
    """Be lean before the processes are forked; each may have more open files than connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES <= hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    be_lean()
