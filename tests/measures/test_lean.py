"""Pages use what loads no NumPy; whatever else computes has a process of its own."""

import subprocess
import sys


def test_what_pages_use_loads_no_numpy():
    code = (
        "import sys; from measures import habits, intervals, judge, orders, reading, sprt, texts;"
        "print('numpy' in sys.modules, 'django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"
