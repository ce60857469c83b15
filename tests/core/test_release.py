"""A process knows which Rondo it is."""

import re

from django.apps import apps

from core import release


def test_a_release_names_version_contract_and_database():
    name = release.own_release()

    assert re.fullmatch(r"\S+ \(contract [0-9a-f]{8}, database [0-9a-f]{8}\)", name)


def test_another_contract_is_another_release(monkeypatch):
    before = release.contract()
    monkeypatch.setattr(release, "SHARED", ("contract/*.py",))

    assert release.contract() != before


def test_one_migration_more_is_another_release(monkeypatch, tmp_path):
    before = release.database()
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0099_more.py").touch()

    monkeypatch.setattr(apps.get_app_config("jobs"), "path", str(tmp_path))

    assert release.database() != before
