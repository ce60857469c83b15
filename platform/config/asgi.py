"""What the web server loads: `gunicorn --config python:config.gunicorn`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.bridge import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = Bridge(get_wsgi_application(), threads=settings.WEB_THREADS)
get_resolver().url_patterns  # noqa: B018  views are imported once, before the processes fork
