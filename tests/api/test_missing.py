"""What is not there is named: a project, an import, a run, never a page."""

import pytest
from django.utils import translation

from api import missing
from api.api import api
from core.errors import NotFoundError
from labeling.models import Role
from rounds.models import Snapshot
from rounds.snapshots import freeze
from tests.api.caller import Caller
from tests.factories import make_member, make_project
from tests.rounds.world import World

NONE = 987654
WHAT = "There is no %s in this project, or it is not yours to see: list all to find yours."
NO_PROJECT = "There is no project garden, or it is not yours to see: list all to find yours."


@pytest.fixture
def mona(db: None) -> Caller:
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def test_whatever_an_address_may_name_has_a_word() -> None:
    parts = [missing.PARTS.findall(_route(each.path)) for each in api.operations().values()]
    listed = {listed for found in parts for listed, _name in found}
    assert listed == set(missing.THINGS)


def _route(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


@pytest.mark.parametrize(
    ("path", "name", "what"),
    [
        ("imports/987654", "pk", "import 987654"),
        ("runs/987654/log", "pk", "run 987654"),
        ("rounds/987654/cost", "number", "round 987654"),
        ("guidelines/987654", "number", "version of the guidelines 987654"),
        ("exports/987654/file", "pk", "frozen export 987654"),
        ("labels/987654/models", "pk", "answer 987654"),
        ("wanted-prompts/987654", "pk", "request for prompts 987654"),
    ],
)
def test_what_a_project_does_not_have_is_named(
    mona: Caller, path: str, name: str, what: str
) -> None:
    method = "patch" if path.startswith("wanted") else "get"
    response = mona(method, path, {} if method == "patch" else None)

    assert response.status_code == 404
    assert response.json() == {
        "type": "not_found",
        "title": "Not found",
        "status": 404,
        "detail": WHAT % what,
        "errors": [{"field": name, "message": WHAT % what}],
        "request_id": response["X-Request-ID"],
    }


@pytest.mark.parametrize("path", ["", "/imports", "/imports/5", "/imports/5/undo"])
def test_a_project_that_one_is_not_in_is_told_as_one_that_is_not_there(
    mona: Caller, path: str
) -> None:
    method = "post" if path.endswith("undo") else "get"
    before = mona(method, f"/projects/garden{path}").json()
    make_project("garden")
    after = mona(method, f"/projects/garden{path}").json()

    said = {"detail": NO_PROJECT, "errors": [{"field": "slug", "message": NO_PROJECT}]}
    assert {name: before[name] for name in said} == said
    assert {**before, "request_id": ""} == {**after, "request_id": ""}


def test_of_what_no_address_names_no_part_of_it_is_blamed(
    mona: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing() -> None:
        raise NotFoundError

    monkeypatch.setattr("api.routers.answers.queues", nothing)
    told = mona("post", "reviews/next", {"queue": "spot"})

    said = "What this asks for is not there, or it is not yours to see."
    assert (told.status_code, told.json()["detail"], told.json()["errors"]) == (404, said, [])


def test_a_job_stands_in_no_project(mona: Caller) -> None:
    said = "There is no job 5, or it is not yours to see: list all to find yours."
    assert mona("get", "/jobs/5").json()["detail"] == said


def test_of_two_snapshots_the_one_that_is_not_there_is_named(mona: Caller) -> None:
    assert mona.project is not None
    there = freeze(mona.project).pk
    assert Snapshot.objects.count() == 1
    for path in (f"snapshots/{NONE}/changes/{there}", f"snapshots/{there}/changes/{NONE}"):
        assert mona("get", path).json()["detail"] == WHAT % f"snapshot {NONE}"


def test_a_run_without_an_evaluation_is_not_a_run_that_is_not_there(world: World) -> None:
    mona = Caller(make_member(world.project, "Moe", Role.MANAGER), world.project)
    run = world.runs["sft"].pk
    said = f"Run {run} has no evaluation: list the evaluations, each names its run."

    for path in ("evaluation", "samples"):
        assert mona("get", f"runs/{run}/{path}").json()["detail"] == said
        assert mona("get", f"runs/{NONE}/{path}").json()["detail"] == WHAT % f"run {NONE}"


def test_it_is_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        said = missing.in_words("imports", 5)
    assert said == "此项目中没有编号为 5 的导入，或者你无权查看：请在列表中查找。"


def test_a_file_of_something_that_is_not_there_is_not_there(mona: Caller) -> None:
    for of in (f"corpora/{NONE}", f"models/{NONE}", f"snapshots/{NONE}"):
        assert mona("get", f"{of}/files/a.json").json()["detail"] == WHAT % "file a.json"
