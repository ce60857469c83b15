"""People of a project and their sign-in links."""

import re

from django.utils import timezone

from accounts.models import User
from labeling.models import (
    Membership,
    Project,
    Role,
)
from tests.factories import make_member, make_project
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
