"""All that belongs to a project is told to move or to stay; so is each column that may hold ids."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, ForeignKey, JSONField

from backups.moving.tables import BODIES, BY_NAME, LEFT, PLAIN, TABLES
from jobs.models import Job, JobEvent
from labeling.models import Project
from registry.models import Alias, AliasChange, Family, ModelVersion
from rounds.retiring.deleting import _belonging


def test_each_table_of_a_project_moves_or_has_a_reason_to_stay() -> None:
    own = (Project, Alias, AliasChange, ModelVersion, Job, JobEvent)
    found = {model._meta.label_lower for model in own}
    for root in (Project, Alias, AliasChange):
        found |= {model._meta.label_lower for model, _path in _belonging(root)}

    assert sorted(found) == sorted({*BY_NAME, *LEFT})
    assert set(BY_NAME) & set(LEFT) == set()


def test_each_column_that_may_hold_ids_says_whether_it_does() -> None:
    unsaid = []
    for table in TABLES:
        said = {*table.refers, *PLAIN.get(table.name, set()), BODIES.get(table.name)}
        unsaid += [
            f"{table.name}.{column.name}"
            for column in table.columns
            if isinstance(column, JSONField | ArrayField | BigIntegerField)
            and not column.primary_key
            and column.name not in said
        ]

    assert unsaid == []


def test_each_foreign_key_leads_to_what_moves_or_is_found_there() -> None:
    moved = {table.model for table in TABLES}
    leads = {
        column.remote_field.model
        for table in TABLES
        for column in table.columns
        if isinstance(column, ForeignKey)
    }

    assert {model._meta.label_lower for model in leads - moved} == {
        Family._meta.label_lower,
        "accounts.user",
    }
