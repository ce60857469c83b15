"""The way to the broker is loaded before anybody asks for it."""

import os
import subprocess
import sys

ASK = """
import sys
import config.asgi
from core import broker
loaded = set(sys.modules)
broker.broker_link().transport
print(sorted(name for name in set(sys.modules) - loaded if name.startswith(("kombu", "redis"))))
"""


def test_the_first_question_to_the_broker_loads_nothing() -> None:
    """Else each new process tells its first manager that the queue does not answer."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[]\n", done.stderr
