"""The commands of the shell are those of manage.py."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import typer
from django.db import connection
from typer.testing import CliRunner

from backups import contents
from labeling.models import Project
from tests.factories import make_project, make_user

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


@pytest.mark.django_db(transaction=True)
def test_a_project_goes_and_comes_back_from_the_shell(app: typer.Typer, tmp_path: Path) -> None:
    make_project("garden", name="Garden")
    make_user(email="mia@example.org")
    folder = str(tmp_path / "garden")

    done = CliRunner().invoke(app, ["project", "export", "hen", folder])
    assert (done.exit_code, done.stderr) == (1, "There is no project hen\n")
    done = CliRunner().invoke(app, ["project", "export", "garden", folder])
    assert (done.exit_code, done.stderr) == (0, "")
    words = ["project", "import", folder, "--manager", "mia@example.org"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert done.stderr == "There is a project garden here: give another one with --slug\n"
    done = CliRunner().invoke(app, [*words, "--slug", "yard", "--name", "Yard"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert Project.objects.get(slug="yard").name == "Yard"
