"""Models are pushed with a card that says where they come from."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from django.conf import settings
from django.core.management import CommandError, call_command
from typer.testing import CliRunner

from labeling.models import Project
from registry import services
from registry.models import ModelVersion
from rounds.models import Evaluation, Round
from rounds.pushing import cli
from rounds.pushing.pushing import push
from tests.factories import make_annotation, make_task, make_version
from tests.registry_folders import write_model
from tests.rounds.pushing.hub_server import TOKEN, Hub, Server
from tests.rounds.world import make_run

REPO = "cook/model"
# huggingface_hub 2.4 gives a file to its HTTP library under an old name of the argument.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A server that HF_ENDPOINT names."""
    from huggingface_hub import constants

    found = Hub()
    server = Server(found)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", found.url)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    # What `push` sets before the library is there, which other tests have loaded by now.
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def version(project: Project, first_round: Round, tmp_path: Path) -> ModelVersion:
    """A policy of the first round, trained on two labels."""
    project.licence = "CC-BY-4.0"
    project.save()
    make_annotation(make_task(project))
    make_annotation(make_task(project, "ranking"))
    return services.register_folder(
        folder=write_model(tmp_path / "model"),
        kind="policy",
        family=project.family,
        parent=make_version(name="base|one", licence="apache-2.0"),
        job=make_run(first_round, "ppo").job,
    )


def section(text: str, title: str) -> list[str]:
    """The lines below a heading."""
    lines = text.partition(f"## {title}\n")[2].partition("\n## ")[0].splitlines()
    return [line for line in lines if line]


def test_all_files_come_in_one_commit_with_the_card(hub: Hub, version: ModelVersion) -> None:
    address = push(version, repo=REPO)

    folder = settings.ARTIFACTS / version.uri
    sent = {name: (folder / name).read_bytes() for name in version.manifest}
    card = hub.files["README.md"].decode()
    assert hub.files == sent | {"README.md": card.encode()}
    assert card.startswith(sent["README.md"].decode().split("Made with")[0].rstrip())
    weights = sent["model.safetensors"]
    assert hub.large == {hashlib.sha256(weights).hexdigest(): weights}
    assert hub.created == [{"name": "model", "organization": "cook", "visibility": "private"}]
    assert hub.commits == [f"{version.name} ({version.sha256[:12]})"]
    assert address == f"{hub.url}/cook/model/commit/{1:040x}"
    assert hub.asked == [
        "POST /api/repos/create",
        "GET /api/models/cook/model/tree/main",
        "POST /api/validate-yaml",
        "POST /api/models/cook/model/preupload/main",
        "POST /cook/model.git/info/lfs/objects/batch",
        "PUT",
        "POST /api/models/cook/model/commit/main",
    ]


def test_the_card_names_data_evaluation_and_licences(
    hub: Hub, version: ModelVersion, first_round: Round
) -> None:
    snapshot = version.job.run.snapshot
    assert version.parent is not None
    assert snapshot is not None
    before = version.parent
    Evaluation.objects.create(
        run=make_run(first_round, "evaluate", snapshot=snapshot),
        before=before,
        after=version,
        reference=before,
        metrics={
            "models": {str(before.pk): {"reward": 0.1}, str(version.pk): {"reward": 0.5}},
            "reward_model": {"accuracy": 0.7, "pairs": 40},
        },
    )

    push(version, repo=REPO)

    card = hub.files["README.md"].decode()
    assert section(card, "Data") == [
        "Trained in round 1 of the project “Kitchen” on the",
        f"snapshot of its labels `{snapshot.sha256}`: 2 labels.",
        "| rows | demonstrations | prompts | rankings |",
        "|---|---|---|---|",
        "| train | 1 | 10 | 1 |",
        "| heldout | 0 | 4 | 0 |",
        "What is held out trained no model of the project.",
        f"Made from: base\\|one (`{before.sha256[:12]}`).",
    ]
    assert section(card, "Evaluation") == [
        "In round 1, on held-out prompts:",
        f"| | base\\|one | {version.name} |",
        "|---|---|---|",
        "| reward | 0.1 | 0.5 |",
        "The reward model orders 70.0% of 40 held-out pairs as people did.",
    ]
    assert section(card, "Licences")[:2] == ["- Weights: apache-2.0.", "- Labels: CC-BY-4.0."]


def test_weights_of_the_version_before_go_and_other_files_stay(
    hub: Hub, version: ModelVersion
) -> None:
    hub.files |= {"model-00001-of-00002.safetensors": b"old", "picture.png": b"theirs"}
    hub.created.append({})

    push(version, repo=REPO)

    assert "model-00001-of-00002.safetensors" not in hub.files
    assert hub.files["picture.png"] == b"theirs"


def test_the_same_again_uploads_no_weights(hub: Hub, version: ModelVersion) -> None:
    push(version, repo=REPO)
    push(version, repo=REPO)

    assert (hub.asked.count("PUT"), len(hub.commits)) == (1, 2)


def test_what_is_refused_is_said(
    hub: Hub, version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="There is no model 0: the page “Models” lists them"):
        call_command("push_model", 0, REPO)
    with pytest.raises(CommandError, match="It cannot be pushed: Repo id must"):
        call_command("push_model", version.pk, "a/b/c")
    hub.refuses = True
    with pytest.raises(CommandError, match=r"refuses with 403: Not your namespace\. Set HF_TOKEN"):
        call_command("push_model", version.pk, REPO)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match=r"^http://127.0.0.1:9 does not answer as the Hub does"):
        call_command("push_model", version.pk, REPO)
    assert hub.files == {}


def test_the_shell_pushes_and_says_where(hub: Hub, version: ModelVersion) -> None:
    app, models = typer.Typer(), typer.Typer()
    models.command("list")(lambda: None)
    app.add_typer(models, name="models")
    cli.add(app)

    done = CliRunner().invoke(app, ["models", "push", str(version.pk), REPO, "--public"])
    wrong = CliRunner().invoke(app, ["models", "push", "0", REPO])

    assert (done.exit_code, hub.created[0]["visibility"]) == (0, "public")
    assert (wrong.exit_code, wrong.stderr[:19]) == (1, "There is no model 0")
