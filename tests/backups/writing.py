"""A process that goes on writing while a backup is made; run by test_backups.py.

Transaction n adds the n-th line of the audit log and says n in the project's description.
"""

import os
import sys
from pathlib import Path

import django


def main(begun: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
    django.setup()
    from django.db import transaction

    from accounts.models import AuditEntry
    from labeling.models import Project

    number = 0
    while True:
        number += 1
        with transaction.atomic():
            AuditEntry.objects.create(action=f"wrote.{number}", target="", details={"n": number})
            Project.objects.update(description=f"{number}")
        if number == 50:
            begun.touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
