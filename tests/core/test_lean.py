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
print(json.dumps([gc.get_freeze_count() > 1000, gc.isenabled(), sys.getswitchinterval(), refused]))
"""


def test_what_is_loaded_is_looked_at_no_more_and_threads_take_short_turns() -> None:
    said = subprocess.run([sys.executable, "-c", SAYS], stdout=subprocess.PIPE, check=True)

    assert json.loads(said.stdout) == [True, True, 0.0005, "numpy is not for this process"]
