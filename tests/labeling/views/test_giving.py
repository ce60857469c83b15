"""The pages on which managers choose what people are given, and where people are told."""

import re

from accounts.models import User
from labeling import giving
from labeling.models import Membership, Project, Role
from tests.factories import make_member, make_project, make_prompt, make_task
from tests.labeling.views.asking import at, signed_in


def words(page: str) -> str:
    """What a page says."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def give(project: Project, person: User, by: User, *kinds: str, languages: list[str]) -> None:
    member = Membership.objects.get(project=project, user=person)
    giving.choose(member=member, kinds_given=kinds, languages=languages, by=by)


def test_a_manager_chooses_and_the_list_of_people_says_it(
    project: Project, ada: User, mona: User
) -> None:
    make_prompt(project, language="zh")
    make_prompt(project, language="en")
    member = Membership.objects.get(user=ada)
    client = signed_in(mona)

    form = client.get(at("member_given", member.pk)).content.decode()
    data = {"kinds": ["ranking"], "languages": ["zh"]}
    stored = client.post(at("member_given", member.pk), data)

    assert re.findall(r'name="languages" value="(\w+)"', form) == ["en", "zh"]
    assert stored["Location"] == at("members")
    member.refresh_from_db()
    assert (member.kinds, member.languages) == (["ranking"], ["zh"])
    assert "Rankings · zh" in words(client.get(at("members")).content.decode())
    again = client.get(at("member_given", member.pk)).content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', again) == ["ranking", "zh"]
    assert client.post(at("member_given", member.pk), {"kinds": ["poem"]}).status_code == 422
    client.post(at("member_given", member.pk), {})
    member.refresh_from_db()
    assert (member.kinds, member.languages) == ([], [])


def test_another_projects_member_is_not_theirs_to_choose(project: Project, mona: User) -> None:
    foreign = Membership.objects.get(user=make_member(make_project()))
    assert signed_in(mona).get(at("member_given", foreign.pk)).status_code == 404
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))
    own = Membership.objects.get(user__name="Rita")
    assert rita.get(at("member_given", own.pk)).status_code == 403


def test_who_has_nothing_left_because_of_it_is_told_so(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project, prompt=make_prompt(project, language="zh"))
    make_task(project, prompt=make_prompt(project, language="en"))
    client = signed_in(ada)
    give(project, ada, mona, "ranking", languages=["zh"])

    page = words(client.get(at("label_next")).content.decode())

    assert "2 tasks are open that you are not given" in page
    assert "Rankings · zh" in page
    assert "tasks are still open, but you have had them" not in page
    give(project, ada, mona, languages=[])
    assert client.get(at("label_next")).status_code == 302


def test_the_queue_points_out_what_nobody_is_given(project: Project, ada: User, mona: User) -> None:
    make_task(project, prompt=make_prompt(project, language="zh"), overlap=2)
    client = signed_in(mona)
    assert "No annotator is given" not in client.get(at("queue")).content.decode()
    make_prompt(project, language="en")
    give(project, ada, mona, languages=["en"])

    page = words(client.get(at("queue")).content.decode())

    assert "No annotator is given these tasks, so nobody answers them:" in page
    assert "Demonstrations, zh: 2 answers are missing" in page
    assert "Choose who is given them" in page
