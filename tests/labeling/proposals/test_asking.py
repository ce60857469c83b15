"""Managers ask for prompts; annotators are told, and see what is left."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling.models import Membership, Project, WantedPrompts
from labeling.proposals import asking, deciding
from notices import events
from notices.models import Notice
from tests.labeling.proposals.made import make_proposal, make_wanted


def test_the_annotators_are_told(project: Project, ada: User, bob: User, mona: User) -> None:
    asking.ask(project=project, form="plain", number=5, by=mona)

    notices = list(Notice.objects.order_by("user__name"))
    assert [(one.user, one.link) for one in notices] == [
        (ada, "/projects/kitchen/proposals/"),
        (bob, "/projects/kitchen/proposals/"),
    ]
    said = events.sentence(notices[0].event, notices[0].data, "Mona")
    assert said == "Mona asks for prompts in “Kitchen”."
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details) == (
        "prompts.asked",
        {"form": "plain", "use_case": "", "number": 5},
    )


@pytest.mark.parametrize("fields", [{}, {"use_case": "chat"}, {"description": "They chat."}])
def test_user_based_ones_need_a_use_case(
    project: Project, mona: User, fields: dict[str, str]
) -> None:
    with pytest.raises(BadInputError, match="name and describe it"):
        asking.ask(project=project, form="user_based", number=5, by=mona, **fields)
    assert WantedPrompts.objects.count() == 0


def test_another_number_or_no_more(project: Project, ada: User, mona: User) -> None:
    wanted = make_wanted(project)
    row = make_proposal(project, ada, wanted=wanted)
    deciding.accept(project=project, proposals=[row.pk], by=mona)
    make_proposal(project, ada, "Two?", wanted=wanted)
    left = [WantedPrompts.objects.short().get().left]

    for number, is_open in [(2, True), (3, True), (3, False), (3, False)]:
        asking.change(wanted=wanted, number=number, is_open=is_open, by=mona)
        left += [one.left for one in WantedPrompts.objects.short()]

    assert left == [8, 1]
    actions = AuditEntry.objects.filter(action__startswith="prompts.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "prompts.asked_on",
        "prompts.asked_on",
        "prompts.asked_no_more",
    ]


def test_what_is_left_is_in_the_languages_that_somebody_is_given(
    project: Project, ada: User, bob: User
) -> None:
    make_wanted(project, number=1)
    make_wanted(project, number=2, language="zh")
    make_wanted(project, number=4, language="de")
    Membership.objects.filter(user=ada).update(languages=["zh"])

    found = [WantedPrompts.objects.left_for(one, projects=[project.pk]) for one in (ada, bob)]
    given = WantedPrompts.objects.given_to(Membership.objects.get(user=ada))

    assert found == [{project.pk: 3}, {project.pk: 7}]
    assert sorted(given.values_list("number", flat=True)) == [1, 2]
