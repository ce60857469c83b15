"""Settings of the web server: `gunicorn --config python:config.gunicorn`.

One process loads Rondo, then one for each core is forked from it and shares its memory.
"""

import gc
import os
from typing import Any

from config import env
from core.tables import do_without_numpy

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
loglevel = "warning"


def when_ready(server: Any) -> None:
    """What is loaded by now stays for good: the collector would copy it into each process."""
    do_without_numpy()
    gc.collect()
    gc.freeze()
