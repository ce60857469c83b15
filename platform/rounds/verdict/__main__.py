"""`python -m rounds.verdict PROJECT…`: bring the verdicts of these projects up to date."""

import logging
import os
import sys

import django

logger = logging.getLogger("rounds")


def main(projects: list[int]) -> int:
    """One after the other; how many failed."""
    from rounds.verdict.refreshing import refresh  # noqa: PLC0415  needs the models

    failed = 0
    for project in projects:
        try:
            refresh(project)
        except Exception:
            logger.exception("the verdict of project %s cannot be computed", project)
            failed += 1
    return failed


if __name__ == "__main__":
    os.nice(10)  # pages and labeling first
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.exit(bool(main([int(word) for word in sys.argv[1:]])))
