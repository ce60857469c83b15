"""Accepted proposals are prompts of the project; others go back with a reason."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling.models import Project, Prompt, Proposal
from labeling.proposals import deciding
from notices.models import Notice
from tests.factories import make_project, make_prompt
from tests.labeling.proposals.made import SHOTS, SHOTS_TEXT, make_proposal, make_wanted


def test_an_accepted_one_is_a_prompt_with_all_that_is_known(
    project: Project, ada: User, mona: User
) -> None:
    wanted = make_wanted(project, "few_shot", use_case="classification", language="en")
    row = make_proposal(project, ada, wanted=wanted)

    done = deciding.accept(project=project, proposals=[row.pk], by=mona)

    prompt = Prompt.objects.get()
    assert [one.pk for one in done.accepted] == [row.pk]
    assert prompt.messages == [{"role": "user", "content": SHOTS_TEXT}]
    assert prompt.metadata == {"form": "few_shot", "parts": SHOTS}
    named = (prompt.source, prompt.use_case, prompt.language, prompt.proposal.author)
    assert named == ("labeler", "classification", "en", ada)
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.prompt, row.is_edited) == (
        "accepted",
        mona,
        prompt,
        False,
    )


def test_the_split_is_that_of_an_import(project: Project, ada: User, mona: User) -> None:
    make_prompt(project, "Hi", split="heldout")
    wanted = make_wanted(project, heldout_percent=0)
    turns = ["Hi", "Hello.", "Why?"]
    of_kin = make_proposal(project, ada, wanted=wanted, turns=turns)
    free = make_proposal(project, ada, "Which day is it?", wanted=wanted)
    half = make_wanted(project, number=30, heldout_percent=50)
    rows = [make_proposal(project, ada, f"Question {n}?", wanted=half) for n in range(20)]

    deciding.accept(
        project=project, proposals=[of_kin.pk, free.pk, *(row.pk for row in rows)], by=mona
    )

    splits = dict(Proposal.objects.values_list("pk", "prompt__split"))
    assert (splits[of_kin.pk], splits[free.pk]) == ("heldout", "train")
    assert {splits[row.pk] for row in rows} == {"heldout", "train"}


def test_many_are_accepted_at_once_and_each_author_is_told_once(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    rows = [make_proposal(project, ada, f"Ada {n}?") for n in range(3)]
    rows += [make_proposal(project, bob, "Bob?"), make_proposal(project, bob, "Known?")]
    make_prompt(project, "Known?")
    deciding.return_to_author(proposal=rows[0], reason="No.", by=mona)
    Notice.objects.all().delete()

    done = deciding.accept(project=project, proposals=[row.pk for row in rows], by=mona)

    assert [row.pk for row in done.accepted] == [row.pk for row in rows[1:4]]
    assert ([row.pk for row in done.known], done.gone) == ([rows[4].pk], 1)
    told = Notice.objects.order_by("user__name").values_list("user", "event", "data__number")
    assert list(told) == [(ada.pk, "prompt_accepted", 2), (bob.pk, "prompt_accepted", 1)]
    assert Proposal.objects.waiting(project).get() == rows[4]
    assert AuditEntry.objects.filter(action="proposal.accepted", project=project.pk).count() == 3


def test_it_is_accepted_with_another_text(project: Project, ada: User, mona: User) -> None:
    wanted = make_wanted(project, "few_shot")
    row = make_proposal(project, ada, wanted=wanted)

    deciding.accept_edited(proposal=row, texts=["What does a hen eat?"], by=mona)

    row.refresh_from_db()
    prompt = Prompt.objects.get()
    assert (prompt.last_text, prompt.metadata) == ("What does a hen eat?", {"form": "few_shot"})
    assert (row.last_text, row.is_edited) == (SHOTS_TEXT, True)


def test_what_the_project_has_is_not_accepted(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada)
    make_prompt(project, "Why is the sky blue?")

    with pytest.raises(ConflictError, match="The project has this prompt already"):
        deciding.accept_edited(proposal=row, texts=["Why is the sky blue?"], by=mona)

    assert (Prompt.objects.count(), Proposal.objects.get().state) == (1, "waiting")


def test_a_returned_one_says_why_and_its_author_is_told(
    project: Project, ada: User, mona: User
) -> None:
    row = make_proposal(project, ada)
    with pytest.raises(BadInputError, match="Say why"):
        deciding.return_to_author(proposal=row, reason="  ", by=mona)

    deciding.return_to_author(proposal=row, reason=" Too short. ", by=mona)

    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by) == ("returned", "Too short.", mona)
    notice = Notice.objects.get()
    assert (notice.user, notice.event) == (ada, "prompt_returned")
    assert notice.link == f"/projects/kitchen/proposals/{row.pk}/"
    assert deciding.accept(project=project, proposals=[row.pk], by=mona).gone == 1
    with pytest.raises(ConflictError, match="decided on already"):
        deciding.return_to_author(proposal=row, reason="Again.", by=mona)


def test_proposals_of_another_project_are_out_of_reach(
    project: Project, ada: User, mona: User
) -> None:
    row = make_proposal(make_project(), ada)
    assert deciding.accept(project=project, proposals=[row.pk], by=mona).gone == 1
    assert Prompt.objects.count() == 0
