"""What the database names is looked for, and read."""

import shutil

import pytest
from django.conf import settings
from django.core.management import call_command

from labeling.models import Project
from registry import services as registry
from registry.models import ModelVersion
from rounds import artifacts
from rounds.corpora import storing
from rounds.snapshots import freeze
from tests.factories import make_user
from tests.registry_folders import write_model


@pytest.fixture
def model(project: Project, tmp_path) -> ModelVersion:
    folder = write_model(tmp_path / "model")
    return registry.register_folder(folder=folder, kind="sft", name="sft v1", family=project.family)


def faults(**options: bool) -> list[tuple[str, str]]:
    return [(found.name, found.fault) for found in artifacts.verify(**options)]


def test_everything_is_whole(model: ModelVersion, project: Project, capsys) -> None:
    snapshot = freeze(project)
    corpus = storing.add(project=project, name="tales", texts=["Once."], by=make_user("Mona"))

    names = ["sft v1", snapshot, corpus]
    assert faults() == [(f"{name} of kitchen", "") for name in names]
    call_command("verify")
    said = capsys.readouterr().out
    assert said == "3 models, snapshots, corpora and exports are whole, 0 are not\n"


def test_damage_is_found_by_content_and_absence_at_once(
    model: ModelVersion, project: Project, capsys
) -> None:
    snapshot = freeze(project)
    config = settings.ARTIFACTS / model.uri / "config.json"
    config.chmod(0o644)
    config.write_bytes(config.read_bytes().replace(b"llama", b"lamas"))
    shutil.rmtree(settings.ARTIFACTS / snapshot.uri)

    gone = (f"{snapshot} of kitchen", "its folder is missing")
    assert faults() == [("sft v1 of kitchen", "config.json has changed"), gone]
    assert faults(quick=True) == [("sft v1 of kitchen", ""), gone]

    with pytest.raises(SystemExit) as left:
        call_command("verify")
    assert left.value.code == 1
    assert f"sft v1 of kitchen: config.json has changed ({model.uri})" in capsys.readouterr().out


def test_a_file_that_is_missing_or_too_much_is_named(model: ModelVersion) -> None:
    folder = settings.ARTIFACTS / model.uri
    (folder / "run.py").write_text("boo")
    assert faults() == [("sft v1 of kitchen", "run.py is not in the manifest")]

    (folder / "tokenizer.json").unlink()
    assert faults() == [("sft v1 of kitchen", "no tokenizer.json")]


def test_an_address_that_leads_out_of_the_store_is_a_fault(model: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=model.pk).update(uri="../../etc")

    [(_name, fault)] = faults()
    assert fault == "../../etc leads out of the artifact store"


def test_nothing_registered_is_nothing_missing(db: None, capsys) -> None:
    call_command("verify", "--quick")

    assert (
        capsys.readouterr().out == "0 models, snapshots, corpora and exports are whole, 0 are not\n"
    )
