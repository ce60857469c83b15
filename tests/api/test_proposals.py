"""Prompts that people write, by API."""

import pytest

from labeling.models import Prompt, Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db
ANY = {"language": "", "use_case": ""}


@pytest.fixture
def mona():
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


@pytest.fixture
def ada(mona):
    return Caller(make_member(mona.project, "Ada"), mona.project)


def wanted(mona):
    return mona("post", "wanted-prompts", {"form": "plain", "number": 3}).json()


def written(ada, mona, text):
    begun = ada("post", f"wanted-prompts/{wanted(mona)['id']}/proposals").json()["id"]
    body = {"written": {"turns": [text], **ANY}, "active_seconds": 5}
    return ada("post", f"own-proposals/{begun}/submit", body).json()


def test_prompts_are_asked_for_and_for_no_more(mona, ada):
    asked = wanted(mona)

    assert (asked["number"], asked["accepted"], asked["is_open"]) == (3, 0, True)
    assert ada.get("wanted-prompts")["items"] == [asked]
    path = f"wanted-prompts/{asked['id']}"
    assert mona("patch", path, {"number": 5}).json() == asked | {"number": 5}
    assert mona("patch", path, {"number": 0}).status_code == 422
    assert mona("patch", path, {"is_open": False}).json()["is_open"] is False
    assert ada.get("wanted-prompts")["items"] == []
    odd = mona("post", "wanted-prompts", {"form": "user_based", "number": 3}).json()
    assert {part["field"] for part in odd["errors"]} == {"use_case", "description"}


def test_a_prompt_is_written_and_accepted(mona, ada):
    begun = ada("post", f"wanted-prompts/{wanted(mona)['id']}/proposals").json()
    path = f"own-proposals/{begun['id']}"

    kept = ada("put", f"{path}/draft", {"draft": {"turns": ["Wh"]}, "version": 0}).json()
    stale = ada("put", f"{path}/draft", {"draft": {}, "version": 0})
    empty = ada("post", f"{path}/submit", {"written": {"turns": [" "], **ANY}})
    sent = ada("post", f"{path}/submit", {"written": {"turns": ["Why?"], **ANY}}).json()

    assert (kept["draft"], kept["draft_version"]) == ({"turns": ["Wh"]}, 1)
    assert (stale.json()["type"], empty.status_code) == ("stale_draft", 422)
    assert (sent["state"], sent["messages"]) == ("waiting", [{"role": "user", "content": "Why?"}])
    assert mona.get("proposals?form=plain")["items"] == [sent]
    assert mona.get("proposals?form=few_shot")["items"] == []
    done = mona("post", "proposals/accept", {"proposals": [sent["id"], 10**6]}).json()
    assert done == {"accepted": [sent["id"]], "known": [], "gone": 0}
    prompt = Prompt.objects.get()
    assert (ada.get(path)["state"], ada.get(path)["prompt"]) == ("accepted", prompt.pk)
    assert mona("post", f"proposals/{sent['id']}/return", {"reason": "No."}).status_code == 409


def test_one_that_is_returned_is_written_anew_or_taken_back(mona, ada):
    sent = written(ada, mona, "Why?")

    returned = mona("post", f"proposals/{sent['id']}/return", {"reason": "Say more."}).json()
    again = ada("post", f"own-proposals/{sent['id']}/rewrite").json()

    assert (returned["state"], returned["reason"]) == ("returned", "Say more.")
    assert (again["state"], again["revises"]) == ("draft", sent["id"])
    assert ada("post", f"own-proposals/{sent['id']}/take-back").json()["state"] == "taken_back"
    assert ada("get", f"own-proposals/{again['id']}").status_code == 404
    assert ada("post", f"own-proposals/{sent['id']}/rewrite").status_code == 409


def test_one_is_accepted_with_another_text(mona, ada):
    path = f"proposals/{written(ada, mona, 'Wy?')['id']}/accept-edited"

    assert mona("post", path, {"texts": ["Why?", "More"]}).status_code == 422
    assert mona("post", path, {"texts": ["Why?"]}).json()["state"] == "accepted"
    assert Prompt.objects.get().messages == [{"role": "user", "content": "Why?"}]


def test_a_reviewer_decides_on_none_of_their_own(mona):
    rita = Caller(make_member(mona.project, "Rita", Role.REVIEWER), mona.project)
    sent = written(rita, mona, "Why?")

    assert rita.get("proposals")["items"] == []
    done = rita("post", "proposals/accept", {"proposals": [sent["id"]]}).json()
    assert done == {"accepted": [], "known": [], "gone": 0}
    assert rita("post", f"proposals/{sent['id']}/return", {"reason": "x"}).status_code == 404
