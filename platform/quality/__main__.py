"""`python -m quality PROJECT…`: bring the figures of these projects up to date."""

import sys

from quality.program import run

if __name__ == "__main__":
    sys.exit(run("quality.refreshing"))
