"""Work by API: taking tasks, drafts, answers, corrections."""

import pytest

from labeling.checks import golds
from labeling.models import Annotation, Assignment, CheckSettings, Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project, make_task

pytestmark = pytest.mark.django_db
SIX = {"text": "Six minutes."}


@pytest.fixture
def ada():
    project = make_project("kitchen")
    return Caller(make_member(project, "Ada"), project)


def take(api, **body):
    response = api("post", "assignments", body)
    return response.json() if response.status_code == 200 else response.status_code


def test_a_task_is_taken_with_all_that_its_page_shows(ada):
    task = make_task(ada.project, "ranking", texts=["Ask.", "Guess."])

    taken = take(ada)

    row = Assignment.objects.get()
    assert taken == {
        "id": row.pk,
        "kind": "ranking",
        "state": "active",
        "messages": task.prompt.messages,
        "texts": [{"id": pk, "text": task.texts[pk]} for pk in row.shown_order],
        "rubric": [],
        "settings": taken["settings"],
        "content_warning": False,
        "is_correction": False,
        "is_decision": False,
        "has_lease": True,
        "lease_seconds": taken["lease_seconds"],
        "draft": None,
        "draft_version": 0,
        "active_seconds": 0,
        "client_key": str(row.client_key),
        "guideline_version": 1,
    }
    assert 44 * 60 < taken["lease_seconds"] <= 45 * 60
    assert take(ada)["id"] == taken["id"]  # one at a time
    assert ada.get("assignments")["items"][0]["id"] == taken["id"]
    assert take(Caller(make_member(ada.project, "Bo"), ada.project)) == 204


def test_a_task_is_of_the_kind_that_is_asked_for(ada):
    make_task(ada.project, "ranking", texts=["Ask.", "Guess."])

    assert take(ada, kind="demonstration") == 204
    assert take(ada, kind="nothing") == 404
    assert take(ada, kind="ranking")["kind"] == "ranking"


def test_who_has_not_read_the_guidelines_reads_them_first(ada):
    make_task(ada.project)
    project = ada.project
    project.guidelines, project.guideline_version = "Be kind.", 2
    project.save()
    CheckSettings.objects.create(project=project, guidelines_first=True)

    refused = ada("post", "assignments", {})

    assert (refused.status_code, "guidelines" in refused.json()["detail"]) == (409, True)
    assert ada("post", "guidelines/2/read").status_code == 204
    assert take(ada)["state"] == "active"


def test_drafts_are_kept_and_one_that_is_stale_is_refused(ada):
    make_task(ada.project)
    path = f"assignments/{take(ada)['id']}/draft"

    saved = ada("put", path, {"draft": {"text": "Si"}, "version": 0, "active_seconds": 9}).json()
    stale = ada("put", path, {"draft": {"text": "No"}, "version": 0})

    assert (saved["draft"], saved["draft_version"], saved["active_seconds"]) == (
        {"text": "Si"},
        1,
        9,
    )
    assert (stale.status_code, stale.json()["type"]) == (409, "stale_draft")
    assert ada("put", path, {"draft": None, "version": 1}).json()["draft"] == {"text": "Si"}


def test_what_is_released_others_have_and_what_is_skipped_stays_away(ada):
    make_task(ada.project)
    bo = Caller(make_member(ada.project, "Bo"), ada.project)
    mine = take(ada)["id"]

    assert take(bo) == 204
    assert ada("post", f"assignments/{mine}/release").status_code == 204
    assert ada("post", f"assignments/{mine}/release").status_code == 409
    theirs = take(bo)["id"]
    assert theirs != mine
    assert bo("post", f"assignments/{theirs}/skip", {"reason": "bored"}).status_code == 422
    assert bo("post", f"assignments/{theirs}/skip", {"reason": "needs_expert"}).status_code == 204
    assert (take(bo), take(ada)["id"]) == (204, mine)


def test_an_answer_is_given_once_and_corrected_by_another(ada):
    make_task(ada.project)
    taken = take(ada)
    path = f"assignments/{taken['id']}/answer"

    first = ada("post", path, {"answer": SIX, "active_seconds": 30})
    again = ada("post", path, {"answer": SIX, "active_seconds": 31})
    other = ada("post", path, {"answer": {"text": "Seven."}})

    assert first.status_code == 201
    given = first.json()
    assert given == {
        "id": Annotation.objects.get().pk,
        "kind": "demonstration",
        "answer": SIX,
        "concerns": [],
        "comment": "",
        "standing": "counts",
        "active_seconds": 30,
        "guideline_version": 1,
        "revises": None,
        "may_correct": True,
        "created_at": given["created_at"],
    }
    assert (again.json()["id"], other.status_code) == (given["id"], 409)
    reopened = ada("post", f"own-answers/{given['id']}/correct").json()["assignment"]
    assert ada.get(f"assignments/{reopened}")["draft"] == SIX
    corrected = ada("post", path, {"answer": {"text": "Seven."}}).json()
    assert (corrected["revises"], corrected["standing"]) == (given["id"], "counts")
    assert ada.get(f"own-answers/{given['id']}")["standing"] == "superseded"
    assert [row["id"] for row in ada.get("own-answers")["items"]] == [corrected["id"]]
    back = ada("post", f"own-answers/{corrected['id']}/take-back").json()
    assert back["standing"] == "taken_back"


def test_a_correction_may_be_given_up(ada):
    make_task(ada.project)
    path = f"assignments/{take(ada)['id']}"
    given = ada("post", f"{path}/answer", {"answer": SIX}).json()["id"]
    ada("post", f"own-answers/{given}/correct")

    assert ada("post", f"{path}/keep").status_code == 204
    assert ada("post", f"{path}/keep").status_code == 409
    assert ada.get(f"own-answers/{given}")["standing"] == "counts"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"answer": {}}, "text"),
        ({"answer": {"text": ""}}, "text"),
        ({"answer": {"text": " \n\u3000"}}, "text"),
        ({"answer": {"text": "🙂" * 100_001}}, "body.answer.text"),
        ({"answer": SIX | {"score": 1}}, "score"),
        ({"answer": SIX, "concerns": ["odd"]}, "concerns"),
        ({"answer": SIX, "guideline_version": 2}, "guideline_version"),
        ({"answer": SIX, "active_seconds": -1}, "body.active_seconds"),
        ({"answer": SIX, "client_key": "x"}, "body.client_key"),
        ({"answer": SIX, "annotator": 1}, "body.annotator"),
        ({"answer": []}, "body.answer"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_field(ada, sent, field):
    make_task(ada.project)

    answer = ada("post", f"assignments/{take(ada)['id']}/answer", sent)

    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])
    assert not Annotation.objects.exists()


def test_nobody_sees_that_an_answer_was_to_a_check(ada):
    mona = make_member(ada.project, "Mona", Role.MANAGER)
    make_task(ada.project)
    path = f"assignments/{take(ada)['id']}/answer"
    given = ada("post", path, {"answer": SIX}).json()["id"]
    golds.mark(annotation=Annotation.objects.get(pk=given), by=mona)
    Annotation.objects.update(standing="check", purpose="gold")

    assert ada.get(f"own-answers/{given}")["standing"] == "counts"
    assert [row["standing"] for row in ada.get("own-answers")["items"]] == ["counts"]


def test_kinds_say_the_form_of_their_answers(ada):
    kinds = {kind["name"]: kind for kind in ada.get("/kinds")["kinds"]}

    assert kinds["demonstration"]["answer"]["required"] == ["text"]
    assert kinds["ranking"]["label"] == "Ranking"


def test_a_reviewer_decides_a_task(ada):
    task = make_task(ada.project)
    ada("post", f"assignments/{take(ada)['id']}/answer", {"answer": SIX})
    rita = Caller(make_member(ada.project, "Rita", Role.REVIEWER), ada.project)

    decision = rita("post", f"tasks/{task.pk}/decision").json()
    answer = rita("post", f"assignments/{decision['id']}/answer", {"answer": {"text": "Ten."}})

    assert (decision["is_decision"], decision["has_lease"]) == (True, False)
    assert answer.status_code == 201
    standings = {row["annotator_name"]: row["standing"] for row in rita.get("answers")["items"]}
    assert standings == {"Ada": "overruled", "Rita": "counts"}
