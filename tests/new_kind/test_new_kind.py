"""A whole new kind of annotation is one folder: `favourite`, laid into a scratch package.

No file of Rondo is touched. CONTRIBUTING's recipe "A new kind of annotation" is what happens here.
"""

import importlib
import io
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pyarrow.parquet as pq
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

import labeling.kinds
from accounts import services
from accounts.models import User
from api.exports.datasets import datasets
from labeling.kinds.simulation import Habits
from labeling.models import Annotation, Assignment, Project, Role, Split, Task
from rehearsal.annotators import hire, label_all
from rounds.launching.preflight import check
from rounds.models import Round
from rounds.snapshots import freeze, read
from rounds.stages.findings import Stock
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_version,
)
from tests.rounds.worker import finish

FOLDER = Path(__file__).parent / "favourite"
ROUNDS = "/projects/kitchen/rounds/"
KINDS = labeling.kinds.kinds().values()
FORM = {
    **{f"tasks_{kind.name}": "0" for kind in KINDS},
    **{f"completions_{kind.name}": "4" for kind in KINDS if kind.completions.is_chosen},
    "tasks_favourite": "4",
    "completions_favourite": "3",
    "previous_share": "0",
    "temperature": "1",
    "max_new_tokens": "32",
}


@pytest.fixture(autouse=True)
def favourite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """The folder in a package of its own, over which the finder looks as over Rondo's."""
    folder = shutil.copytree(FOLDER, tmp_path / "kinds" / FOLDER.name)
    for catalog in folder.rglob("*.po"):  # as `manage.py build_translations` does
        polib.pofile(str(catalog)).save_as_mofile(str(catalog.with_suffix(".mo")))
    package = labeling.kinds
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder.parent)])
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": package.template_folders()}]
    settings.STATICFILES_DIRS = package.static_folders()
    settings.LOCALE_PATHS = package.locale_folders()
    _forget()
    yield
    for name in [name for name in sys.modules if name.startswith("labeling.kinds.favourite")]:
        del sys.modules[name]
    delattr(package, FOLDER.name)
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    labeling.kinds.kinds.cache_clear()
    datasets.cache_clear()


@pytest.fixture
def project(db: None) -> Project:
    """Six training prompts and two held-out ones, and a model that writes."""
    project = make_project("kitchen")
    for number in range(8):
        split = Split.HELDOUT if number % 4 == 3 else Split.TRAIN
        make_prompt(project, f"Question {number}?", split=split)
    make_version(name="base", parameters=1000)
    return project


@pytest.fixture
def mona(project: Project) -> User:
    """The manager."""
    return make_member(project, "Mona", Role.MANAGER)


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def asked(mona: User, *, same: int = 0) -> Round:
    """Round 1 asks for favourites; the texts of the first `same` prompts are all alike."""
    answer = signed_in(mona).post(ROUNDS, FORM)
    assert answer.headers["Location"] == f"{ROUNDS}1/"
    opened = Round.objects.get()
    for run in opened.runs.order_by("pk"):
        finish(
            run,
            completions=[
                {
                    "prompt_id": pk,
                    "position": place,
                    "text": "alike" if number < same else f"text {place}",
                    "tokens": 2,
                    "finish_reason": "stop",
                }
                for number, (pk, n) in enumerate(run.job.payload["prompts"])
                for place in range(n)
            ],
        )
    return opened


def answered(ada: User) -> Annotation:
    """Ada's pick of the first task over HTTP."""
    client = signed_in(ada)
    page = client.get("/projects/kitchen/label/?kind=favourite", follow=True)
    assignment = Assignment.objects.get()
    answer = client.post(
        f"/projects/kitchen/assignments/{assignment.pk}/?kind=favourite",
        json.dumps(
            {
                "body": {"best": assignment.shown_order[0]},
                "client_key": page.context["data"]["client_key"],
                "active_seconds": 5,
                "guideline_version": 1,
            }
        ),
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 201, answer.content
    return Annotation.objects.get()


def test_a_round_asks_for_it_in_both_languages(mona: User) -> None:
    page = signed_in(mona).get(ROUNDS).content.decode()
    assert 'name="tasks_favourite" value="0"' in page
    assert 'name="completions_favourite" value="2"' in page
    assert "Pick the best of a few" not in page
    assert "People pick the best of a few completions." in page
    assert (
        "人们从几条回答中选出最好的一条。"
        in signed_in(mona, "zh-hans").get(ROUNDS).content.decode()
    )

    refused = signed_in(mona).post(ROUNDS, FORM | {"completions_favourite": "6"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["completions_favourite"]


def test_its_tasks_open_when_their_completions_are_there_and_differ(mona: User) -> None:
    opened = asked(mona, same=1)

    assert opened.plan["tasks"]["favourite"] == 4
    assert [task.completions.count() for task in Task.objects.all()] == [3, 3, 3]
    assert {task.kind for task in Task.objects.all()} == {"favourite"}


def test_its_page_is_shown_and_takes_an_answer(mona: User, ada: User) -> None:
    asked(mona)
    client = signed_in(ada)

    page = client.get("/projects/kitchen/label/", follow=True).content.decode()

    assert "Pick the best completion</h1>" in page
    assert page.count("data-pick=") == 3
    assert "<dd>Pick a completion</dd>" in page
    assert "data-on-enter" in page
    for name in ("form.js", "form.css"):
        assert f"/static/labeling/kinds/favourite/{name}" in page
        assert finders.find(f"labeling/kinds/favourite/{name}")
    given = answered(ada)
    assert (given.kind, given.body) == ("favourite", {"best": given.shown_order[0]})


def test_a_completion_of_another_task_is_refused(mona: User, ada: User) -> None:
    asked(mona)
    other = make_task(Project.objects.get(), "correction").completions.get()
    task = Task.objects.filter(kind="favourite")[0]

    with pytest.raises(Exception, match="form of this task") as caught:
        labeling.kinds.kinds()["favourite"].validate(task, {"best": other.pk})
    assert caught.value.errors == {"best": "This completion does not belong to the task."}  # type: ignore[attr-defined]


def test_it_is_counted_and_listed(mona: User, ada: User) -> None:
    asked(mona)
    given = answered(ada)

    page = signed_in(mona).get(f"{ROUNDS}1/")
    assert page.context["kinds"] == [
        {"kind": "favourite", "label": "Favourite", "given": 1, "wanted": 4, "waiting": 0}
    ]
    totals = {row["label"]: row["train"] + row["heldout"] for row in page.context["totals"]}
    assert totals == dict.fromkeys((str(kind.plural) for kind in KINDS), 0) | {"Favourites": 1}
    best = given.task.completions.get(pk=given.body["best"]).text
    assert best in signed_in(ada).get("/projects/kitchen/history/").content.decode()
    assert best in signed_in(mona).get(f"/projects/kitchen/labels/{given.pk}/").content.decode()


def test_it_leaves_through_the_api(mona: User, ada: User) -> None:
    asked(mona)
    given = answered(ada)
    best = given.task.completions.get(pk=given.body["best"]).text
    others = [c.text for c in given.task.completions.order_by("pk") if c.text != best]
    _token, secret = services.create_api_token(user=mona, name="test")

    def export(name: str) -> bytes:
        address = f"/api/v1/projects/kitchen/exports/{name}"
        answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    (row,) = map(json.loads, export("favourites.jsonl").splitlines())
    assert (row["best"], row["others"], row["kind"]) == (best, others, "favourite")
    (same,) = pq.read_table(io.BytesIO(export("favourites.parquet"))).to_pylist()
    assert same == row
    pairs = [json.loads(line) for line in export("preferences.jsonl").splitlines()]
    assert [(p["chosen"][0]["content"], p["rejected"][0]["content"]) for p in pairs] == [
        (best, other) for other in others
    ]


def test_it_trains_a_reward_model(mona: User, ada: User) -> None:
    asked(mona)
    given = answered(ada)

    rows = list(read(freeze(given.task.project), "rankings"))

    assert [(row["annotation_id"], row["kind"]) for row in rows] == [(given.pk, "favourite")]
    best, others = rows[0]["tiers"]
    assert [rows[0]["completions"][place] for place in best] == [
        given.task.completions.get(pk=given.body["best"]).text
    ]
    assert sorted(best + others) == [0, 1, 2]


def test_preflight_counts_it_and_its_comparisons(mona: User) -> None:
    round_ = asked(mona)
    for task in Task.objects.all():
        make_annotation(task, {"best": task.completions.all()[0].pk})

    stock = Stock.of(round_)

    train = Task.objects.filter(prompt__split="train").count()
    assert (stock.rows("rankings"), stock.pairs("rankings")) == (train, 2 * train)
    (line, *_others) = check(round_, ["reward"]).stages[0].findings
    assert (line.level, line.text) == ("ok", f"{train} labels with comparisons")


def test_a_simulated_annotator_answers_it(db: None) -> None:
    project = make_project(is_simulated=True)
    texts = [
        "**Sure!** the the the",
        "Bees make honey to store food for the winter, when there are no flowers to visit.",
    ]
    prompt = make_prompt(project, "Why do bees make honey?")
    task = make_task(project, "favourite", prompt=prompt, texts=texts)

    done = label_all(project, hire(project, by=None), habits=Habits(temperature=1e-6), seed=0)

    assert done == Counter({"favourite": 1})
    body = Annotation.objects.get().body
    assert task.completions.get(pk=body["best"]).text == texts[1]


def test_the_recipe_names_every_file_and_every_member() -> None:
    text = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text.partition("## A new kind of annotation")[2].partition("\n## ")[0]
    sources = [p for p in FOLDER.rglob("*.*") if p.suffix not in {".pyc", ".mo"}]
    files = [str(p.relative_to(FOLDER)) for p in sources]
    members = [name for name in vars(type(labeling.kinds.kinds()["favourite"])) if name[0] != "_"]

    assert [name for name in [*files, *members] if f"`{name}`" not in recipe] == []
