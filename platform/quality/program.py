"""What a process beside the workers runs: one project after the other, pages and labeling first.

NumPy and a project's answers would stay in a worker's memory, so its figures are computed here.
"""

import logging
import os
import sys
from collections.abc import Iterable
from importlib import import_module

import django


def run(module: str) -> int:
    """Refresh the projects that the command line names by `module`; the exit status."""
    os.nice(10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return int(refreshed(module, map(int, sys.argv[1:])) > 0)


def refreshed(module: str, projects: Iterable[int]) -> int:
    """Call `refresh` of `module` for one project after the other; how many failed."""
    logger = logging.getLogger(module)
    refresh = import_module(module).refresh  # needs the models
    failed = 0
    for project in projects:
        try:
            refresh(project)
        except Exception:  # a project that fails holds up no other
            logger.exception("the figures of project %s cannot be computed", project)
            failed += 1
    return failed
