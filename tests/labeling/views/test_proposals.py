"""The pages on which prompts are written."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from labeling.models import Membership, Project, Proposal, Role
from labeling.proposals import deciding, writing
from tests.factories import make_member, make_prompt
from tests.labeling.proposals.made import make_proposal, make_wanted, parts
from tests.labeling.views.asking import JSON, at, signed_in


def send(client: Client, name: str, pk: int, **sent: Any) -> Any:
    return client.post(at(name, pk), json.dumps(sent), **JSON)


def test_what_is_wanted_is_begun_written_and_listed(project: Project, ada: User) -> None:
    wanted = make_wanted(project, "user_based", use_case="chat", description="They chat.")
    client = signed_in(ada)

    page = client.get(at("proposals")).content.decode()
    begun = client.post(at("proposal_begin"), {"wanted": wanted.pk})
    pk = Proposal.objects.get().pk
    form = client.get(begun["Location"]).content.decode()
    saved = send(client, "proposal_draft", pk, draft={"turns": ["Hi"]}, version=0, active_seconds=4)
    stale = send(client, "proposal_draft", pk, draft={"turns": ["Ho"]}, version=0, active_seconds=4)
    done = send(client, "proposal_write", pk, body=parts("user_based"), active_seconds=9)
    following = Proposal.objects.get(state="draft")

    assert "They chat." in page
    assert "Write one" in page
    assert begun["Location"] == at("proposal_write", pk)
    assert "They chat." in form
    assert saved.json()["version"] == 1
    assert (stale.status_code, stale.json()["draft"]) == (409, {"turns": ["Hi"]})
    assert (done.status_code, done.json()) == (
        201,
        {"proposal": pk, "next": at("proposal_write", following.pk)},
    )
    listed = client.get(at("proposals")).content.decode()
    assert "Why is the sky blue?" in listed
    assert "Continue" in listed
    assert client.get(at("proposal_write", pk))["Location"] == at("proposal", pk)
    assert client.get(at("proposal", following.pk))["Location"] == begun["Location"].replace(
        str(pk), str(following.pk)
    )


def test_after_the_last_one_the_list_comes(project: Project, ada: User) -> None:
    begun = writing.begin(wanted=make_wanted(project, number=1), author=ada)
    done = send(signed_in(ada), "proposal_write", begun.pk, body=parts("plain"), active_seconds=9)
    assert done.json()["next"] == at("proposals")


def test_what_is_there_already_is_said_before_and_refused(project: Project, ada: User) -> None:
    make_prompt(project, "Why is the sky blue?")
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    client = signed_in(ada)

    looks = [
        send(client, "proposal_check", begun.pk, body=parts("plain", text)).json()["alike"]
        for text in ("Why is the sky blue?", "why is the sky blue?", "Why is it green?", "")
    ]
    refused = send(client, "proposal_write", begun.pk, body=parts("plain"), active_seconds=9)

    assert looks == [
        "The project has this prompt already. Write another one.",
        "The project has nearly the same prompt already. Write another one.",
        "",
        "",
    ]
    assert (refused.status_code, refused.json()["detail"]) == (409, looks[0])


def test_a_returned_one_is_read_and_rewritten(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada)
    deciding.return_to_author(proposal=row, reason="Too short.", by=mona)
    client = signed_in(ada)

    page = client.get(at("proposal", row.pk)).content.decode()
    listed = client.get(at("proposals")).content.decode()
    begun = client.post(at("proposal_rewrite", row.pk))
    form = client.get(begun["Location"]).content.decode()
    sent = {"body": parts("plain", "Why is the sky blue at noon?"), "active_seconds": 1}
    done = send(client, "proposal_write", Proposal.objects.get(state="draft").pk, **sent)

    assert all("Too short." in text for text in (page, listed, form))
    assert done.json()["next"] == at("proposals")
    assert "You have rewritten it." in client.get(at("proposal", row.pk)).content.decode()


def test_one_takes_ones_own_back(project: Project, ada: User, bob: User) -> None:
    row = make_proposal(project, ada)
    assert signed_in(bob).post(at("proposal_take_back", row.pk)).status_code == 404
    page = signed_in(ada).post(at("proposal_take_back", row.pk), follow=True).content.decode()
    assert "Your prompt is taken back." in page
    assert Proposal.objects.get().state == "taken_back"


def test_an_edited_one_shows_both_texts(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada)
    deciding.accept_edited(proposal=row, texts=["Why is the sea blue?"], by=mona)
    page = signed_in(ada).get(at("proposal", row.pk)).content.decode()
    assert "Why is the sky blue?" in page
    assert "Why is the sea blue?" in page


def test_home_leads_to_what_is_wanted(project: Project, ada: User) -> None:
    make_wanted(project, number=3)
    for path in ("/", "/projects/kitchen/"):
        page = signed_in(ada).get(path).content.decode()
        assert "3 prompts are wanted" in page
        assert at("proposals") in page


@pytest.mark.parametrize("sent", [{}, {"wanted": "x"}, {"wanted": "999"}])
def test_what_nobody_wants_is_not_begun(project: Project, ada: User, sent: dict[str, str]) -> None:
    assert signed_in(ada).post(at("proposal_begin"), sent).status_code == 422


def test_only_wanted_languages_of_hers_are_listed_and_her_last_is_proposed(
    project: Project, ada: User
) -> None:
    Membership.objects.filter(user=ada).update(languages=["zh"])
    make_wanted(project, use_case="german", language="de")
    begun = writing.begin(wanted=make_wanted(project, use_case="any"), author=ada)
    client = signed_in(ada)

    page = client.get(at("proposals")).content.decode()
    first = client.get(at("proposal_write", begun.pk)).context["first_language"]
    make_proposal(project, ada, wanted=begun.wanted, language="ja")
    later = writing.begin(wanted=begun.wanted, author=ada)
    second = client.get(at("proposal_write", later.pk)).context["first_language"]

    assert ("german" in page, first, second) == (False, "zh", "ja")


def test_a_chinese_page_is_chinese(project: Project, mona: User) -> None:
    client = signed_in(mona)
    mona.language = "zh-hans"
    mona.save()
    make_proposal(project, make_member(project, "Rita", Role.REVIEWER))
    begun = writing.begin(wanted=make_wanted(project, "few_shot"), author=mona)

    for name, keys in [
        ("proposals", ()),
        ("prompts_wanted", ()),
        ("proposal_queue", ()),
        ("proposal_write", (begun.pk,)),
    ]:
        page = client.get(at(name, *keys)).content.decode()
        assert "提示" in page
        for english in ("Write prompts", "Waiting", "Use case", "Input:"):
            assert english not in page, (name, english)
    translation.activate("en")
