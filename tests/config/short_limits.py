"""The web server's settings with limits that a test can wait for."""

from config.gunicorn import *  # noqa: F403
from core import limits

workers = 1
limits.HEAD_SECONDS = limits.SILENCE_SECONDS = 1.0
limits.CONNECTIONS_OF_ONE_ADDRESS = 20
limits.ANSWER_SECONDS = 2.0
