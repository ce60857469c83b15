"""People of a project and their sign-in links."""

import re

from django.utils import timezone

from accounts.models import User
from accounts.services import use_sign_in_link
from labeling.models import (
    Membership,
    Project,
    Role,
)
from labeling.projects import invite
from tests.factories import make_annotation, make_member, make_project, make_task, make_user
from tests.labeling.views.asking import at, signed_in


def test_a_new_members_link_is_shown_once(project: Project, mona: User) -> None:
    client = signed_in(mona)
    data = {"email": "nora@example.org", "name": "Nora", "role": "annotator"}

    page = client.post(at("members"), data)
    assert page.status_code == 200
    assert "/sign-in/" in page.content.decode()
    assert "/sign-in/" not in client.get(at("members")).content.decode()
    assert client.post(at("members"), data).status_code == 409

    member = Membership.objects.get(user__email="nora@example.org")
    assert "/sign-in/" in client.post(at("member_link", member.pk)).content.decode()
    client.post(at("member_role", member.pk), {"role": "reviewer"})
    member.refresh_from_db()
    assert member.role == "reviewer"
    client.post(at("member_remove", member.pk))
    assert not Membership.objects.filter(pk=member.pk).exists()
    foreign = Membership.objects.get(user=make_member(make_project()))
    assert client.post(at("member_remove", foreign.pk)).status_code == 404


def test_after_a_new_link_the_next_person_is_added_as_ever(project: Project, mona: User) -> None:
    client = signed_in(mona)
    client.post(at("members"), {"email": "nora@example.org", "role": "annotator"})
    nora = Membership.objects.get(user__email="nora@example.org")

    page = client.post(at("member_link", nora.pk)).content.decode()

    form = next(tag for tag in re.findall("<form[^>]*>", page) if "invite" in tag)
    assert f'action="{at("members")}"' in form


def test_a_link_is_offered_to_those_without_a_password_in_ones_own_projects(
    project: Project, mona: User, ada: User
) -> None:
    client = signed_in(mona)
    client.post(at("members"), {"email": "nora@example.org", "role": "annotator"})
    nora = Membership.objects.get(user__email="nora@example.org")
    User.objects.filter(pk=nora.user_id).update(last_login=timezone.now())

    def offered() -> list[str]:
        return re.findall(r'action="([^"]+/link/)"', client.get(at("members")).content.decode())

    assert offered() == [at("member_link", nora.pk)]
    other = make_project()
    Membership.objects.create(project=other, user=nora.user, role=Role.ANNOTATOR)
    assert offered() == []
    Membership.objects.create(project=other, user=mona, role=Role.MANAGER)
    assert offered() == [at("member_link", nora.pk)]


def test_removing_somebody_asks_first(project: Project, mona: User, ada: User) -> None:
    make_annotation(make_task(project), annotator=ada)
    client, member = signed_in(mona), Membership.objects.get(user=ada)
    address = at("member_remove", member.pk)
    assert f'href="{address}"' in client.get(at("members")).content.decode()

    page = client.get(address).content.decode()

    assert "Ada (ada@example.org) can no longer open Kitchen." in page
    assert "1 answer stays." in page
    assert Membership.objects.filter(pk=member.pk).exists()
    assert client.post(address)["Location"] == at("members")
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_the_only_manager_is_told_what_to_do_and_where(project: Project, mona: User) -> None:
    make_member(project, "Nora")
    client, member = signed_in(mona), Membership.objects.get(user=mona)
    page = client.get(at("members")).content.decode()
    assert "The only one: give somebody else this role first." in page
    addresses = [at("member_remove", member.pk), at("member_role", member.pk)]
    assert [address in page for address in addresses] == [False, False]

    for address in addresses:
        refused = client.post(address, {"role": "annotator"})
        assert refused.status_code == 409
        text = refused.content.decode()
        assert "Mona is the only manager, and a project needs one." in text
        assert "nora@example.org" in text  # the list is there


def test_who_changes_their_own_place_lands_where_they_may_be(project: Project, mona: User) -> None:
    make_member(project, "Max", Role.MANAGER)
    client, member = signed_in(mona), Membership.objects.get(user=mona)
    down = client.post(at("member_role", member.pk), {"role": "annotator"})
    assert client.get(down["Location"]).status_code == 200
    Membership.objects.filter(pk=member.pk).update(role=Role.MANAGER)
    out = client.post(at("member_remove", member.pk))
    assert (out["Location"], client.get("/").status_code) == ("/", 200)


def test_an_invited_person_has_a_name_of_their_own(project: Project, mona: User, ada: User) -> None:
    client = signed_in(mona)
    data = {"email": "other@example.org", "name": "АDА", "role": "annotator"}
    refused = client.post(at("members"), data)
    assert refused.status_code == 409
    assert "looks like it" in refused.content.decode()
    client.post(at("members"), {"email": "ada@example.com", "role": "annotator"})
    assert User.objects.get(email="ada@example.com").name == "ada 2"


def test_whoever_gives_more_than_tasks_is_told_whose_link_opened_the_account(
    project: Project, mona: User
) -> None:
    """A link that another manager made, and may have used, opened it; one's own is no news."""
    other = make_project(slug="other")
    boss = make_member(other, role=Role.MANAGER)
    told = "that another manager&#x27;s link has opened"

    def opened(email: str, by: User) -> str:
        nora, link = invite(
            project=other if by == boss else project, email=email, name="", role="annotator", by=by
        )
        use_sign_in_link(token=link.rstrip("/").rsplit("/", 1)[1])
        return nora.email

    def add(email: str, role: str) -> bool:
        data = {"email": email, "role": role}
        return told in client.post(at("members"), data, follow=True).content.decode()

    client = signed_in(mona)
    assert not add(make_user().email, "manager")
    assert not add(opened("annotator@example.org", boss), "annotator")
    assert add(opened("manager@example.org", boss), "manager")

    def promote(email: str) -> bool:
        member = Membership.objects.get(project=project, user__email=email)
        page = client.post(at("member_role", member.pk), {"role": "reviewer"}, follow=True)
        return told in page.content.decode()

    assert promote("annotator@example.org")
    assert not promote(opened("own@example.org", mona))


def test_a_corrected_answer_is_counted_once(project: Project, mona: User, ada: User) -> None:
    for standing in ("superseded", "counts"):
        make_annotation(make_task(project), annotator=ada, standing=standing)

    rows = signed_in(mona).get(at("members")).context["members"]

    assert {row.user: row.answers for row in rows}[ada] == 1
