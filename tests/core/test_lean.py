"""What a process that has loaded Rondo does to stay small."""

import json
import subprocess
import sys

SAYS = """
import gc, json, sys
from core.lean import be_lean
be_lean()
try:
    import numpy
except ModuleNotFoundError as error:
    refused = str(error)
found = [gc.get_freeze_count() > 1000, gc.get_threshold()[0], sys.getswitchinterval(), refused]
print(json.dumps(found))
"""


def test_what_is_loaded_is_looked_at_no_more_and_threads_take_short_turns() -> None:
    said = subprocess.run([sys.executable, "-c", SAYS], stdout=subprocess.PIPE, check=True)

    assert json.loads(said.stdout) == [True, 20_000, 0.0005, "numpy is not for this process"]
