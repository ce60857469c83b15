"""`python -m rounds.learning PROJECT…`: fit the learning curves of these projects that are new."""

import sys

from quality.program import run

if __name__ == "__main__":
    sys.exit(run("rounds.learning.refreshing"))
