"""The running product with tokens for its people, for clients that meet it from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded import spawn
from tests.running_demo import ROOT, Demo

START_SECONDS, BASE_SECONDS = 150, 180
TOKEN = """
from accounts.models import User
from accounts.services import create_api_token
for email in ("admin@rondo.example", "ada@rondo.example"):
    user = User.objects.get(email=email)
    print("token", create_api_token(user=user, name="test", scope="write")[1])
"""


class Stack:
    """A running demo: its address, and a token each for the admin and for Ada."""

    def __init__(self, folder: Path) -> None:
        self.demo = Demo(folder)
        link = self.demo.links(seconds=START_SECONDS)[0][2]
        self.url = link.split("/sign-in/")[0]
        self.admin, self.ada = self._tokens()

    def wait_for_base_model(self) -> None:
        """Until the demo's own base model is there, which all projects may start from."""
        deadline = time.monotonic() + BASE_SECONDS
        query = "SELECT count(*) FROM registry_modelversion WHERE kind = 'base'"
        while self.demo.rows(query) != [(1,)]:
            assert time.monotonic() < deadline
            time.sleep(0.5)

    def _tokens(self) -> list[str]:
        outside = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in outside}
        env |= {"RONDO_VAR": str(self.demo.folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", "shell", "--no-imports", "-c", TOKEN],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("token ")]


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """A stack that is ended again."""
    stack = None
    try:
        stack = Stack(folder)
        stack.wait_for_base_model()
        yield stack
        assert stack.demo.end(signal.SIGINT) == 0
    finally:
        if stack is not None and stack.demo.process.poll() is None:
            stack.demo.process.kill()
            stack.demo.process.communicate()
        spawn.end_marked(folder, grace=0)
