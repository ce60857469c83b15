"""What the web server loads: `gunicorn --config python:config.gunicorn`."""

import os

import django
from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from django.utils.module_loading import import_string

from config.bridge import Bridge
from config.pages import Pages
from core import broker, limits
from core.health import ADDRESSES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

connections.settings["default"]["ANSWER_SECONDS"] = limits.ANSWER_SECONDS
django.setup(set_prefix=False)
limit_of = import_string("config.senders.limit_of")  # only now are the models there
application = Bridge(Pages(), threads=settings.WEB_THREADS, limit_of=limit_of, aside=ADDRESSES)
broker.load()  # else the first to ask is told that the queue does not answer
get_resolver().url_patterns  # noqa: B018  views are imported once, before the processes fork
