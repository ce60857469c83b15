"""Models come in whole and safe, never change, and one of them serves."""

import json
import shutil

import pytest

from accounts.models import AuditEntry
from core.errors import BadInputError, ConflictError, JobFailedError, MissingFilesError
from jobs.models import Job
from registry import services, store
from registry.models import AliasChange, Family, ModelVersion
from tests.factories import make_user, make_version
from tests.registry_folders import seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return Family.objects.create(name="kitchen")


def register(folder, **fields):
    return services.register_folder(**{"folder": folder, "kind": "sft", "name": "sft v1", **fields})


def test_register_stores_a_verified_copy_with_a_card(model_folder, family):
    base = make_version("base", name="base", template_hash="abc", licence="apache-2.0")
    version = register(model_folder, family=family, parent=base, metrics={"loss": 1.25})

    assert (version.number, version.parameters, version.parent) == (1, 12, base)
    assert (version.template_hash, version.licence) == ("abc", "apache-2.0")
    folder = services.local_folder(version)
    assert folder == store.path_of(version.uri)
    assert version.uri == f"models/{version.sha256}"
    assert sorted(version.manifest) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    card = (folder / "README.md").read_text()
    assert card.startswith('---\nlibrary_name: transformers\nlicense: "apache-2.0"\n')
    assert f"| made from | base (`{base.sha256}`) |" in card
    assert '"loss": 1.25' in card


def test_a_stored_model_does_not_depend_on_the_folder_it_came_from(model_folder):
    version = register(model_folder, kind="base")
    shutil.rmtree(model_folder)

    assert (services.local_folder(version) / "config.json").exists()


def test_numbers_count_within_family_and_kind(model_folder, family):
    def numbers(kind, **fields):
        return register(model_folder, kind=kind, name=f"{kind} {fields}", **fields).number

    other = Family.objects.create(name="garden")
    assert [
        numbers("sft", family=family),
        numbers("sft", family=family),
        numbers("policy", family=family),
        numbers("sft", family=other),
    ] == [1, 2, 1, 1]


def test_a_job_that_registers_again_gets_the_same_version(model_folder, family):
    job = Job.objects.create(kind="sft", queue="gpu")
    first = register(model_folder, family=family, job=job)

    assert register(model_folder, family=family, job=job) == first
    assert ModelVersion.objects.count() == 1


def test_the_same_base_model_is_registered_once(model_folder):
    first = register(model_folder, kind="base", name="tiny")

    assert register(model_folder, kind="base", name="tiny") == first


@pytest.mark.parametrize("damage", ["flip", "cut", "missing", "extra"])
def test_a_folder_that_is_not_as_its_manifest_says_is_refused(model_folder, family, damage):
    weights = model_folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    if damage == "flip":
        content[-1] ^= 1
        weights.write_bytes(content)
    elif damage == "cut":
        weights.write_bytes(content[:-1])
    elif damage == "missing":
        (model_folder / "tokenizer.json").unlink()
    else:
        (model_folder / "notes.txt").write_text("hello")

    with pytest.raises(BadInputError):
        register(model_folder, family=family)
    assert not ModelVersion.objects.exists()
    assert not any(store.root().glob("*"))


def test_a_folder_with_code_is_refused_before_it_gets_a_row(model_folder, family):
    config = {"vocab_size": 4, "auto_map": {"AutoModel": "modeling_x.Model"}}
    (model_folder / "config.json").write_text(json.dumps(config))
    seal(model_folder)

    with pytest.raises(BadInputError, match=r"config\.json: the key auto_map can load code"):
        register(model_folder, family=family)
    assert not ModelVersion.objects.exists()
    assert not store.root().exists()


def test_a_stored_model_that_was_changed_is_not_used(model_folder, family):
    version = register(model_folder, family=family)
    path = store.path_of(version.uri) / "config.json"
    path.chmod(0o644)
    path.write_text("{}")

    with pytest.raises(JobFailedError) as caught:
        services.local_folder(version)
    assert caught.value.code == "damaged_model"


def test_a_model_that_is_not_here_may_be_on_another_machine(model_folder, family):
    version = register(model_folder, family=family)
    path = store.path_of(version.uri)
    (path / "config.json").unlink()
    with pytest.raises(MissingFilesError, match=r"no config\.json$"):
        services.local_folder(version)

    shutil.rmtree(path)
    with pytest.raises(MissingFilesError, match=r"is not whole in .*: no README\.md$"):
        services.local_folder(version)


def test_promote_moves_the_alias_and_remembers_the_one_before(family):
    ada = make_user("Ada")
    first, second = make_version("policy", family=family), make_version("policy", family=family)
    assert services.serving(family) is None

    services.promote(family=family, version=first, by=ada)
    change = services.promote(family=family, version=second, by=ada)

    assert services.serving(family) == second
    assert (change.version, change.previous, change.changed_by) == (second, first, ada)
    services.promote(family=family, version=first, by=ada)  # the one-click return
    assert services.serving(family) == first
    assert AliasChange.objects.count() == 3
    assert AuditEntry.objects.filter(action="model.promoted").count() == 3


def test_promoting_what_serves_changes_nothing(family):
    version = make_version("policy", family=family)
    first = services.promote(family=family, version=version, by=None)

    assert services.promote(family=family, version=version, by=None) == first


def test_a_base_model_may_serve_any_family(family):
    base = make_version("base")

    services.promote(family=family, version=base, by=None)

    assert services.serving(family) == base


def test_a_reward_model_or_another_projects_policy_cannot_serve(family):
    other = Family.objects.create(name="garden")
    for version in (make_version("reward", family=family), make_version("policy", family=other)):
        with pytest.raises(ConflictError):
            services.promote(family=family, version=version, by=None)


def test_sweep_removes_old_folders_that_no_row_names(model_folder, family, monkeypatch):
    version = register(model_folder, family=family)
    orphan = store.root() / ("0" * 64)
    orphan.mkdir()
    assert services.sweep() == []

    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1)
    assert services.sweep() == [f"models/{orphan.name}"]
    assert services.local_folder(version)


def test_what_registration_did_not_learn_is_learned_from_a_job():
    base = make_version(name="base", metrics={"context": 1024, "sample": "Hi."})
    policy = make_version("policy", parent=make_version("sft", parent=base))

    def known():
        return services.facts_of(ModelVersion.objects.get(pk=policy.pk))

    assert known() == {"context": 1024}
    services.learn(policy, {"context": 9, "tool_turns": False, "tokens": 40})
    assert known() == {"context": 1024, "tool_turns": False}
    base.refresh_from_db()
    assert base.metrics == {"context": 1024, "sample": "Hi.", "tool_turns": False}
    services.learn(base, {"tool_turns": True, "system_turns": True})
    assert known() == {"context": 1024, "tool_turns": False, "system_turns": True}
