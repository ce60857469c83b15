"""What a person wrote as prompts is erased at their wish."""

from accounts.models import User
from labeling.assigning import claim_next
from labeling.erasing import erase_answers
from labeling.models import Project, Prompt, Proposal
from labeling.proposals import deciding, writing
from tests.factories import make_task
from tests.labeling.proposals.made import make_proposal, make_wanted


def test_words_go_and_a_prompt_that_nobody_has_begun_goes_too(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    writing.save_draft(proposal=begun, draft={"turns": ["Half"]}, version=0, active_seconds=0)
    make_proposal(project, ada, "Waiting?")
    rows = [make_proposal(project, ada, text) for text in ("Free?", "Asked?", "Begun?")]
    others = make_proposal(project, bob, "Bob’s?")
    deciding.accept(project=project, proposals=[row.pk for row in [*rows, others]], by=mona)
    _free, asked, begun_prompt, bobs = Prompt.objects.order_by("pk")
    make_task(project, prompt=begun_prompt)
    assert claim_next(project=project, annotator=bob) is not None
    make_task(project, prompt=asked)

    erase_answers(person=ada, by=mona, reason="Erased")

    assert list(Prompt.objects.order_by("pk")) == [begun_prompt, bobs]
    assert project.tasks.get().prompt == begun_prompt
    left = Proposal.objects.filter(author=ada)
    assert set(left.values_list("state", "draft", "prompt", "likeness")) == {
        ("erased", None, None, "")
    }
    assert all((row.body, row.messages) == ({}, []) for row in left)
    assert Proposal.objects.exclude(author=ada).get().last_text == "Bob’s?"


def test_reasons_that_a_reviewer_gave_go(project: Project, ada: User, mona: User) -> None:
    row = make_proposal(project, ada)
    deciding.return_to_author(proposal=row, reason="My mother says no.", by=mona)

    erase_answers(person=mona, by=mona, reason="Erased")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("returned", "")
