"""The commands of the shell are those of manage.py."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import typer
from django.db import connection
from typer.testing import CliRunner

from backups import contents

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app() -> typer.Typer:
    """As the client puts it together."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    made = typer.Typer()
    for name, value in project["entry-points"]["rondo.commands"].items():
        EntryPoint(name=name, value=value, group="rondo.commands").load()(made)
    return made


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_backup_from_the_shell_is_a_whole_one_and_what_is_refused_is_said(
    app: typer.Typer, tmp_path: Path
) -> None:
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "kept")])
    assert (done.exit_code, done.stderr) == (0, "")
    assert contents.read(tmp_path / "kept").tables["accounts_user"] == 0

    done = CliRunner().invoke(app, ["restore", str(tmp_path / "kept")])
    name = connection.settings_dict["NAME"]
    assert done.exit_code == 1
    assert done.stderr.startswith(f"The database {name} is not empty: it has ")
