"""The web process shares its database connections."""

import os
import subprocess
import sys

from django.conf import settings


def test_requests_share_a_pool_of_connections() -> None:
    code = (
        "import config.asgi; from django.db import connection as c;"
        "print(c.settings_dict['CONN_MAX_AGE'], sorted(c.settings_dict['OPTIONS']['pool']))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.ROOT,
        env={**os.environ, "PYTHONPATH": f"{settings.ROOT}:{settings.ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "0 ['max_size', 'min_size', 'timeout']"
