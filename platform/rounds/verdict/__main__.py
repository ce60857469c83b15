"""`python -m rounds.verdict PROJECT…`: bring the verdicts of these projects up to date."""

import sys

from quality.program import run

if __name__ == "__main__":
    sys.exit(run("rounds.verdict.refreshing"))
