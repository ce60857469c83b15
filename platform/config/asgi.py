"""What the web server loads: `gunicorn --config python:config.gunicorn`."""

import os

import django
from django.conf import settings
from django.urls import get_resolver

from config.bridge import Bridge
from config.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)
application = Bridge(Pages(), threads=settings.WEB_THREADS)
get_resolver().url_patterns  # noqa: B018  views are imported once, before the processes fork
