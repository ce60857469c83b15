"""A prompt is drafted, submitted once, and said to be there already where it is."""

import pytest

from accounts.models import User
from core.errors import BadInputError, ConflictError, StaleDraftError
from labeling.models import Project, Proposal, WantedPrompts
from labeling.proposals import deciding, writing
from tests.factories import make_prompt
from tests.labeling.proposals.made import make_proposal, make_wanted, parts


def submit(proposal: Proposal, text: str = "Why is the sky blue?") -> Proposal:
    sent = parts(proposal.wanted.form, text)
    return writing.submit(proposal=proposal, sent=sent, active_seconds=3)


def test_a_proposal_keeps_what_was_written(project: Project, ada: User) -> None:
    wanted = make_wanted(project, "few_shot", use_case="classification")

    row = make_proposal(project, ada, wanted=wanted, use_case="chat", language="")

    assert (row.state, row.draft, row.use_case, row.language) == (
        "waiting",
        None,
        "classification",
        "en",
    )
    assert row.body == {k: v for k, v in parts("few_shot").items() if k in row.body}
    assert set(row.body) == {"instruction", "pairs", "query", "labels"}
    assert (len(row.messages), row.characters) == (1, len(row.last_text))


def test_each_has_one_draft_and_a_stale_one_is_told(project: Project, ada: User) -> None:
    wanted = make_wanted(project)
    begun = writing.begin(wanted=wanted, author=ada)
    draft = {"turns": ["Why"]}

    saved = writing.save_draft(proposal=begun, draft=draft, version=0, active_seconds=9)
    with pytest.raises(StaleDraftError) as caught:
        writing.save_draft(proposal=begun, draft={"turns": ["No"]}, version=0, active_seconds=9)

    assert writing.begin(wanted=wanted, author=ada) == begun
    assert (saved.draft, saved.draft_version, saved.active_seconds) == (draft, 1, 9)
    assert (caught.value.version, caught.value.draft) == (1, draft)


def test_submitted_twice_is_one_and_another_text_is_refused(project: Project, ada: User) -> None:
    begun = writing.begin(wanted=make_wanted(project), author=ada)

    first, second = submit(begun), submit(begun)
    with pytest.raises(ConflictError, match="submitted already"):
        submit(begun, "Another?")
    with pytest.raises(ConflictError, match="submitted already"):
        writing.save_draft(proposal=begun, draft={}, version=0, active_seconds=0)

    assert (first, Proposal.objects.get().last_text) == (second, "Why is the sky blue?")


def test_an_unfinished_one_stays_a_draft(project: Project, ada: User) -> None:
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    with pytest.raises(BadInputError):
        submit(begun, " ")
    assert Proposal.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Why is the sky blue?", "The project has this prompt already."),
        ("why is  the SKY blue?\n", "The project has nearly the same prompt already."),
    ],
)
def test_what_the_project_has_is_said(project: Project, ada: User, text: str, told: str) -> None:
    make_prompt(project, "Why is the sky blue?")
    begun = writing.begin(wanted=make_wanted(project), author=ada)

    with pytest.raises(ConflictError, match=told):
        submit(begun, text)

    assert Proposal.objects.get().state == "draft"
    assert submit(begun, "Why is the sky not green?").state == "waiting"


def test_what_others_have_proposed_is_said(project: Project, ada: User, bob: User) -> None:
    make_proposal(project, bob)
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    with pytest.raises(ConflictError, match="This prompt is proposed already"):
        submit(begun)
    with pytest.raises(ConflictError, match="Nearly the same prompt is proposed already"):
        submit(begun, "WHY is the sky blue?")


def test_no_more_are_begun_than_are_wanted(project: Project, ada: User, bob: User) -> None:
    wanted = make_wanted(project, number=1)
    hers, his = (writing.begin(wanted=wanted, author=one) for one in (ada, bob))
    submit(hers)

    with pytest.raises(ConflictError, match="Enough of these"):
        writing.begin(wanted=wanted, author=ada)
    assert writing.begin(wanted=wanted, author=bob) == his
    assert submit(his, "What was begun is taken?").state == "waiting"
    row = WantedPrompts.objects.with_progress().get()
    assert (row.accepted, row.waiting, row.written, row.left) == (0, 2, 1, 0)


def test_a_returned_one_is_rewritten_in_a_new_row(project: Project, ada: User, mona: User) -> None:
    old = make_proposal(project, ada)
    with pytest.raises(ConflictError, match="Only a prompt that was returned"):
        writing.rewrite(proposal=old)
    deciding.return_to_author(proposal=old, reason="Too short.", by=mona)

    begun = writing.rewrite(proposal=old)
    assert writing.rewrite(proposal=old) == begun
    assert begun.draft == {"turns": ["Why is the sky blue?"], "language": "en", "use_case": ""}
    new = submit(begun, "Why is the sky blue at noon and red in the evening?")

    old.refresh_from_db()
    assert (old.state, old.last_text, new.state) == ("rewritten", "Why is the sky blue?", "waiting")
    assert [row.pk for row in Proposal.objects.of(ada, project)] == [new.pk]


def test_it_is_taken_back_before_it_is_decided_on(project: Project, ada: User, mona: User) -> None:
    one, two = (make_proposal(project, ada, text) for text in ("One?", "Two?"))
    writing.take_back(proposal=one)
    deciding.accept(project=project, proposals=[two.pk], by=mona)

    with pytest.raises(ConflictError, match="decided on already"):
        writing.take_back(proposal=two)
    assert Proposal.objects.filter(project=project).counts() == {"taken_back": 1, "accepted": 1}
