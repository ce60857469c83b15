"""Prompts, by API."""

import pytest

from labeling.models import Import, Prompt, Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project, make_prompt, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona():
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def last_texts(answer):
    return [row["messages"][-1]["content"] for row in answer["items"]]


def test_prompts_are_added_as_one_import_and_those_that_are_there_are_not_doubled(mona):
    rows = [{"prompt": "Why?", "topic": "reasons"}, {"prompt": "How?", "split": "heldout"}]

    first = mona("post", "prompts", {"prompts": rows, "source": "bot"})
    second = mona("post", "prompts", {"prompts": [*rows, {"prompt": "When?"}]})

    assert (first.status_code, first.json()) == (201, {"created": 2, "known": 0, "rubrics": 0})
    assert second.json() == {"created": 1, "known": 2, "rubrics": 0}
    how, why = mona.get("prompts?source=bot")["items"]
    assert (how["split"], why["split"], why["metadata"]) == (
        "heldout",
        "train",
        {"topic": "reasons"},
    )
    made = Import.objects.order_by("pk").values_list("name", "form", "created")
    assert list(made) == [("bot", "API", 2), ("API", "API", 1)]


def test_one_bad_prompt_and_none_is_stored_and_each_is_named(mona):
    bad = [{"prompt": "Why?"}, {"prompt": ""}, {"text": "?"}, {"prompt": "a", "split": "x"}]

    answer = mona("post", "prompts", {"prompts": bad})

    fields = [part["field"] for part in answer.json()["errors"]]
    assert (answer.status_code, fields) == (422, ["prompts.1", "prompts.2", "prompts.3"])
    assert (Prompt.objects.count(), Import.objects.count()) == (0, 0)


def test_the_list_is_filtered_as_on_the_page(mona):
    make_prompt(mona.project, "Boil an egg", use_case="cooking", metadata={"topic": "eggs"})
    make_prompt(mona.project, "豆腐", language="zh", split="heldout")

    assert last_texts(mona.get("prompts?language=zh")) == ["豆腐"]
    assert last_texts(mona.get("prompts?q=EGG&split=train")) == ["Boil an egg"]
    assert last_texts(mona.get("prompts?metadata=topic%20%3D%20eggs")) == ["Boil an egg"]
    assert last_texts(mona.get("prompts?use_case=none")) == []
    assert mona("get", "prompts?split=x").status_code == 422
    assert mona("get", "prompts?annotator__password=x").status_code == 400


def test_a_prompt_is_put_right_warned_of_and_withdrawn(mona):
    row = make_prompt(mona.project, "Boil an eg")
    path = f"prompts/{row.pk}"

    changed = mona("patch", path, {"texts": ["Boil an egg"], "content_warning": True}).json()

    assert (last_texts({"items": [changed]}), changed["content_warning"]) == (["Boil an egg"], True)
    assert changed["language"] == row.language
    assert mona("patch", path, {"texts": ["a", "b"]}).status_code == 422
    assert mona("patch", path, {"split": "train"}).status_code == 422
    assert mona("post", f"{path}/withdraw").status_code == 204
    assert mona.get(path)["is_withdrawn"] is True
    assert mona("post", f"{path}/withdraw").status_code == 409
    assert mona("post", f"{path}/restore").json() == {"withdrawn_tasks": 0}


def test_a_rubric_is_changed_from_the_one_that_was_read(mona):
    row = make_prompt(mona.project, "Boil an egg")
    path, items = f"prompts/{row.pk}", [{"text": "Says six minutes", "points": 5}]
    seal = mona.get(path)["rubric_seal"]

    changed = mona("put", f"{path}/rubric", {"items": items, "before": seal})

    assert (changed.status_code, changed.json()["rubric"]) == (200, items)
    late = mona("put", f"{path}/rubric", {"items": [], "before": seal})
    assert (late.status_code, mona.get(path)["rubric"]) == (409, items)
    odd = {"items": [{"text": "", "points": "5"}], "before": mona.get(path)["rubric_seal"]}
    assert mona("put", f"{path}/rubric", odd).status_code == 422


def test_tasks_are_steered_and_say_how_they_stand(mona):
    task = make_task(mona.project, "ranking", texts=["a", "b"])
    path = f"tasks/{task.pk}"

    assert mona.get("tasks?kind=ranking")["items"] == [mona.get(path)]
    assert mona.get("tasks?kind=rating")["items"] == []
    assert [text["text"] for text in mona.get(path)["completions"]] == ["a", "b"]
    now = mona("patch", path, {"urgency": "now", "overlap": 3}).json()
    assert (now["urgency"], now["overlap"], now["missing"]) == ("now", 3, 3)
    assert mona("patch", path, {"state": "withdrawn"}).json()["state"] == "withdrawn"
    assert mona.get("tasks")["items"] == []
    assert mona("patch", path, {"state": "open"}).json()["state"] == "open"
    assert mona("patch", path, {"overlap": 0}).status_code == 422
    assert mona("patch", path, {"state": "done"}).status_code == 422
