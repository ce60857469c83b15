"""People choose among the tasks that they are given."""

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling import giving
from labeling.assigning import claim_next
from labeling.models import Membership, Project, Task
from labeling.queue.standing import Row
from tests.factories import make_prompt, make_task, make_user
from tests.labeling.views.asking import at, signed_in


@pytest.fixture
def member(ada: User) -> Membership:
    """Ada's place."""
    return Membership.objects.select_related("project").get(user=ada)


def test_what_one_chose_is_given_until_one_chooses_otherwise(
    project: Project, ada: User, member: Membership
) -> None:
    german = make_task(project, prompt=make_prompt(project, language="de"))
    ranking = make_task(project, "ranking")
    english = make_task(project)
    page = signed_in(ada)

    shown = page.get(at("own_tasks")).content.decode()
    page.post(at("own_tasks"), {"kinds": ["demonstration"], "languages": ["en"]})
    again = page.get(at("own_tasks")).content.decode()

    assert 'value="demonstration" ' in shown
    assert "checked" not in shown
    assert again.count("checked") == 2
    assert list(Task.objects.claimable_by(ada)) == [english]
    first = claim_next(project=project, annotator=ada)
    assert first is not None
    assert first.task == english
    first.delete()
    Task.objects.filter(pk=english.pk).delete()
    empty = page.get(at("label_next")).content.decode()
    assert "2 tasks are open that are not among those that you chose: Demonstrations · en." in empty
    page.post(at("own_tasks"), {})
    assert list(Task.objects.claimable_by(ada)) == [german, ranking]


def test_one_chooses_only_among_what_a_manager_gives(
    project: Project, ada: User, mona: User, member: Membership
) -> None:
    make_task(project, prompt=make_prompt(project, language="de"))
    giving.choose(member=member, kinds_given=["ranking"], languages=["de"], by=mona)
    member.refresh_from_db()

    page = signed_in(ada).get(at("own_tasks"))
    form = page.context["form"]
    refused = signed_in(ada).post(at("own_tasks"), {"kinds": ["demonstration"]})

    assert [name for name, _label in form.fields["kinds"].choices] == ["ranking"]
    assert form.fields["languages"].choices == [("de", "de")]
    assert refused.status_code == 422
    for kinds, languages in ((["demonstration"], []), ([], ["en"])):
        with pytest.raises(BadInputError):
            giving.choose_own(
                member=member, kinds_chosen=kinds, languages=languages, avoids_warned=False
            )


def test_what_nobody_chose_is_shown_to_managers_as_given_to_nobody(
    project: Project, ada: User, member: Membership
) -> None:
    giving.choose_own(member=member, kinds_chosen=["ranking"], languages=[], avoids_warned=False)
    rows = [
        Row(kind=kind, language="en", open=1, leased=0, done=0, withdrawn=0, missing=1)
        for kind in ("ranking", "demonstration")
    ]

    assert [row.kind for row in giving.for_nobody(project, rows)] == ["demonstration"]


def test_who_is_no_member_chooses_nothing(project: Project) -> None:
    root = signed_in(make_user("Root", is_superuser=True))

    assert root.get(at("own_tasks")).status_code == 200
    assert root.post(at("own_tasks"), {}).status_code == 409
