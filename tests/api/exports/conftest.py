"""The fixtures that export tests share."""

import pytest
from django.db import transaction

from labeling.models import Project
from tests.api.kitchen import kitchen, make_kitchen

__all__ = ["kitchen"]


@pytest.fixture(scope="module")
def rows_of_kitchen(django_db_setup, django_db_blocker):
    """Those of all tests of a module, none of which commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_kitchen()
        transaction.set_rollback(True)


@pytest.fixture
def kept_kitchen(rows_of_kitchen, db):
    """The kitchen, made once for a module; each test takes back what it changes."""
    return Project.objects.get(pk=rows_of_kitchen.pk)
