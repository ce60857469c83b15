"""What a web process does not wait for when it starts."""

import os
import subprocess
import sys

# Read when a file is imported, a model is taken in, or a message is sent.
LATER = {"phonenumbers", "stdnum", "py3langid", "datasketch", "numpy", "pyarrow", "httpx", "torch"}
SCRIPT = f"import sys, config.asgi; print(sorted({LATER!r} & set(sys.modules)))"


def test_a_web_process_starts_without_what_few_requests_need() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout == "[]\n"
