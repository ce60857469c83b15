"""The dataset card: what it says, what its front matter is, and that `datasets` reads it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from accounts.models import User
from labeling.models import Project, Purpose
from quality.models import TaskAgreement
from rounds.dataset_card import card
from rounds.models import Snapshot
from rounds.snapshots import freeze, read
from tests.factories import make_annotation, make_prompt, make_task, make_user, make_version
from tests.rounds.views.asking import signed_in


@pytest.fixture
def snapshot(project: Project) -> Snapshot:
    """Five labels of two people, one of them held out, and an imported one."""
    project.licence, project.description = "CC-BY-4.0", "Recipes.\n# No <b>heading</b>."
    project.save()
    ada, bob = make_user("Ada"), make_user("Bob")
    train = {"split": "train", "language": "en"}
    for person in (ada, ada, bob):
        make_annotation(make_task(project), annotator=person, active_seconds=60, **train)
    ranked = make_task(project, "ranking", texts=["a", "b"])
    ranked.completions.update(model_version=make_version(name="base|one"))
    make_annotation(ranked, annotator=ada, active_seconds=30, **train)
    held = make_prompt(project, "Held out?", split="heldout", language="zh-Hans")
    last = make_task(project, "ranking", prompt=held, texts=["a", "b"])
    heldout = {"split": "heldout", "language": "zh-Hans"}
    make_annotation(last, annotator=ada, active_seconds=90, **heldout)
    make_annotation(make_task(project, "ranking"), purpose=Purpose.IMPORTED, **train)
    told = {"kind": "ranking", "language": "en", "split": "train", "answers": 2}
    TaskAgreement.objects.create(task=ranked, project=project, agreement=0.75, **told)
    return freeze(project)


def front(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def section(text: str, title: str) -> list[str]:
    """The lines below a heading."""
    lines = text.partition(f"## {title}\n")[2].partition("\n## ")[0].splitlines()
    return [line for line in lines if line]


def config(table: str, split: str) -> dict[str, Any]:
    return {
        "config_name": table if split == "train" else f"{table}_heldout",
        "data_files": [{"split": split, "path": f"{table}.parquet"}],
        "filters": [["split", "==", split]],
    }


def test_the_front_matter_is_the_hubs(snapshot: Snapshot) -> None:
    assert front(card(snapshot)) == {
        "license": "cc-by-4.0",
        "pretty_name": snapshot.project.name,
        "language": ["en", "zh"],
        "task_categories": ["text-generation", "text-ranking"],
        "size_categories": ["n<1K"],
        "tags": ["rlhf", "human-feedback"],
        "configs": [
            config("demonstrations", "train"),
            config("rankings", "train"),
            config("rankings", "heldout"),
            config("prompts", "train"),
            config("prompts", "heldout"),
        ],
    }


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("", {"license": "unknown"}),
        ("ODC-By-1.0", {"license": "odc-by"}),
        ('Ours: "a" # b', {"license": "other", "license_name": 'Ours: "a" # b'}),
    ],
)
def test_a_licence_of_our_own_is_named(project: Project, licence: str, said: object) -> None:
    project.licence = licence
    project.save()
    found = front(card(freeze(project)))
    assert {key: value for key, value in found.items() if key.startswith("license")} == said


def test_it_says_who_gave_what_how_and_names_nobody(snapshot: Snapshot) -> None:
    text = card(snapshot)

    assert "> Recipes.\n> # No &lt;b>heading&lt;/b>." in text
    assert snapshot.sha256 in text
    assert "Ada" not in text
    assert section(text, "Annotators")[2:] == [
        "| people | 2 |",
        "| labels of one: fewest | 1 |",
        "| labels of one: median | 2.5 |",
        "| labels of one: most | 4 (80% of all) |",
        "| hours of work in all | 0.1 |",
    ]
    made = section(text, "How it was made")
    assert made[2:4] == ["| Demonstrations | 3 | 0 | 60 |", "| Rankings | 2 | 1 | 60 |"]
    assert made[-2:] == [
        "- Models that wrote the texts judged: base|one.",
        "- Imported from files with their labels: 1.",
    ]
    assert section(text, "Agreement")[2] == "| Rankings | Pairwise agreement | 1 | 0.750 |"
    assert section(text, "Versions of the guidelines")[2].endswith(" | 5 |")
    assert section(text, "Licence") == ["CC-BY-4.0"]
    prompts = snapshot.counts["train"]["prompts"], snapshot.counts["heldout"]["prompts"]
    assert section(text, "Splits")[2:4] == [
        f"| train | 3 | 2 | {prompts[0]} |",
        f"| heldout | 0 | 1 | {prompts[1]} |",
    ]


def test_a_snapshot_without_labels_has_a_card(project: Project) -> None:
    text = card(freeze(project))

    assert section(text, "Annotators") == ["Nobody gave a label in Rondo."]
    assert [each["config_name"] for each in front(text)["configs"]] == [
        "prompts",
        "prompts_heldout",
    ]


def test_datasets_reads_the_folder_split_by_split(
    snapshot: Snapshot, mona: User, tmp_path: Path
) -> None:
    datasets = pytest.importorskip("datasets")
    answer = signed_in(mona).get(
        f"/projects/{snapshot.project.slug}/snapshots/{snapshot.pk}/folder/"
    )
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert archive.testzip() is None
    archive.extractall(tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()

    for table, split in (
        ("demonstrations", "train"),
        ("rankings", "train"),
        ("rankings", "heldout"),
        ("prompts", "heldout"),
    ):
        name = table if split == "train" else f"{table}_heldout"
        loaded = datasets.load_dataset(str(folder), name, cache_dir=str(tmp_path / "cache"))
        assert list(loaded) == [split]
        assert loaded[split].to_list() == list(read(snapshot, table, split=split))
