"""The pages on which proposals are decided on."""

import pytest

from accounts.models import User
from labeling.models import Project, Prompt, Proposal, Role
from labeling.proposals import writing
from tests.factories import make_member, make_prompt
from tests.labeling.proposals.made import make_proposal, make_wanted
from tests.labeling.views.asking import at, signed_in


def states() -> list[tuple[str, str]]:
    rows = Proposal.objects.exclude(state="draft").order_by("pk")
    return [(row.last_text, row.state) for row in rows]


def test_the_list_shows_what_waits_by_the_filter(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    chat = make_wanted(project, "few_shot", use_case="chat")
    make_proposal(project, ada, "Ada’s?")
    make_proposal(project, bob, wanted=chat)
    writing.begin(wanted=chat, author=ada)
    client = signed_in(mona)

    found = {
        query: [row.author.name for row in client.get(at("proposal_queue") + query).context["rows"]]
        for query in ("", "?form=few_shot", "?use_case=chat", f"?author={ada.pk}", "?use_case=x")
    }

    assert found == {
        "": ["Ada", "Bob"],
        "?form=few_shot": ["Bob"],
        "?use_case=chat": ["Bob"],
        f"?author={ada.pk}": ["Ada"],
        "?use_case=x": [],
    }
    assert client.get(at("proposal_queue") + "?form=verse").status_code == 422


def test_many_are_accepted_at_once(project: Project, ada: User, mona: User) -> None:
    rows = [make_proposal(project, ada, text) for text in ("One?", "Two?", "Three?")]
    make_prompt(project, "Two?")
    client = signed_in(mona)

    sent = {"proposal": [row.pk for row in rows[:2]], "author": ada.pk}
    answer = client.post(at("proposals_accept"), sent)
    page = client.get(answer["Location"]).content.decode()
    nothing = client.post(at("proposals_accept"), {})

    assert answer["Location"] == at("proposal_queue") + f"?author={ada.pk}"
    assert "1 prompt is accepted." in page
    assert "1 waits still: the project has it already." in page
    assert states() == [("One?", "accepted"), ("Two?", "waiting"), ("Three?", "waiting")]
    assert nothing.status_code == 422


def test_one_after_the_other_within_the_filter(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    one, two = (make_proposal(project, ada, text) for text in ("One?", "Two?"))
    make_proposal(project, bob, "Bob’s?")
    three = make_proposal(project, ada, "Three?")
    client, query = signed_in(mona), f"?author={ada.pk}"

    page = client.get(at("proposal_decide", one.pk) + query)
    first = client.post(at("proposal_decide", one.pk) + query, {"act": "accept"})
    second = client.post(first["Location"], {"act": "return", "reason": "Too short."})
    edit = {"act": "edit", "text": ["Three\r\nand four?"]}
    third = client.post(second["Location"], edit)

    assert page.context["next"] == at("proposal_decide", two.pk) + query
    assert first["Location"] == at("proposal_decide", two.pk) + query
    assert second["Location"] == at("proposal_decide", three.pk) + query
    assert third["Location"] == at("proposal_queue") + query
    assert states() == [
        ("One?", "accepted"),
        ("Two?", "returned"),
        ("Bob’s?", "waiting"),
        ("Three?", "accepted"),
    ]
    assert [row.last_text for row in Prompt.objects.order_by("pk")] == ["One?", "Three\nand four?"]


@pytest.mark.parametrize(
    "sent",
    [{}, {"act": "burn"}, {"act": "return"}, {"act": "edit"}, {"act": "edit", "text": [" "]}],
)
def test_what_says_nothing_decides_nothing(
    project: Project, ada: User, mona: User, sent: dict[str, object]
) -> None:
    row = make_proposal(project, ada)
    answer = signed_in(mona).post(at("proposal_decide", row.pk), sent)
    assert (answer.status_code, states()) == (422, [("Why is the sky blue?", "waiting")])


def test_what_nobody_touched_is_as_it_was_written(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada, "\nOne\rTwo ")
    sent = {"act": "edit", "text": ["\r\nOne\r\nTwo "]}
    signed_in(mona).post(at("proposal_decide", row.pk), sent)
    assert Prompt.objects.get().last_text == "\nOne\rTwo "


def test_what_is_alike_is_said(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada)
    client = signed_in(mona)
    before = client.get(at("proposal_decide", row.pk)).content.decode()
    make_prompt(project, "WHY is the sky blue?")
    after = client.get(at("proposal_decide", row.pk)).content.decode()
    assert "nearly the same" not in before
    assert "The project has nearly the same prompt:" in after
    assert "WHY is the sky blue?" in after


def test_a_reviewer_leaves_their_own_to_others_and_a_manager_does_not(
    project: Project, mona: User
) -> None:
    rita = make_member(project, "Rita", Role.REVIEWER)
    hers, monas = make_proposal(project, rita, "Hers?"), make_proposal(project, mona, "Mona’s?")
    client = signed_in(rita)

    assert [row.pk for row in client.get(at("proposal_queue")).context["rows"]] == [monas.pk]
    assert client.get(at("proposal_decide", hers.pk)).status_code == 404
    client.post(at("proposals_accept"), {"proposal": [hers.pk]})
    assert states() == [("Hers?", "waiting"), ("Mona’s?", "waiting")]
    signed_in(mona).post(at("proposals_accept"), {"proposal": [hers.pk, monas.pk]})
    assert states() == [("Hers?", "accepted"), ("Mona’s?", "accepted")]


def test_accepted_prompts_are_listed_by_author_and_source(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    rows = [make_proposal(project, one, f"{one}’s?") for one in (ada, bob)]
    client = signed_in(mona)
    client.post(at("proposals_accept"), {"proposal": [row.pk for row in rows]})
    make_prompt(project, "Imported?", source="eggs.jsonl")

    found = {
        query: [row.last_text for row in client.get(at("prompts") + query).context["prompts"]]
        for query in (f"?author={ada.pk}", "?source=labeler", "?source=eggs.jsonl")
    }
    page = client.get(at("prompt", Prompt.objects.get(proposal=rows[0]).pk)).content.decode()

    assert found == {
        f"?author={ada.pk}": ["Ada’s?"],
        "?source=labeler": ["Bob’s?", "Ada’s?"],
        "?source=eggs.jsonl": ["Imported?"],
    }
    assert at("proposal_decide", rows[0].pk) in page
