"""Sign-in links of managers: for whom, and for how long."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink, User
from accounts.services import create_sign_in_link, make_site_admin, use_sign_in_link
from core.errors import ConflictError, NotFoundError
from labeling.links import new_link
from labeling.models import Membership, Project, Role
from labeling.projects import add_member, create_project, invite, remove_member
from tests.factories import make_member, make_project, make_user


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


def test_a_link_is_never_made_for_somebody_elses_account(project: Project, mona: User) -> None:
    fresh, _link = invite(
        project=project, email="n@example.org", name="N", role="annotator", by=mona
    )
    member = Membership.objects.get(user=fresh)
    assert "/sign-in/" in new_link(member=member, by=mona)
    add_member(project=make_project(), user=fresh, role="manager", by=None)

    with pytest.raises(ConflictError):
        new_link(member=member, by=mona)
    for owner in (make_member(project), make_user("Root", is_superuser=True)):
        add_member(project=project, user=owner, role="annotator", by=mona)
        with pytest.raises(ConflictError, match=f"sign_in_link --email {owner.email}"):
            new_link(member=Membership.objects.get(project=project, user=owner), by=mona)


def test_who_signs_in_without_a_password_gets_another_link(project: Project, mona: User) -> None:
    nora, link = invite(project=project, email="n@example.org", name="N", role="annotator", by=mona)
    use_sign_in_link(token=link.rstrip("/").rsplit("/", 1)[1])
    User.objects.filter(pk=nora.pk).update(last_login=timezone.now())
    other = make_project()
    add_member(project=other, user=nora, role="annotator", by=None)
    member = Membership.objects.select_related("user").get(project=project, user=nora)
    add_member(project=other, user=mona, role="reviewer", by=None)

    with pytest.raises(ConflictError):
        new_link(member=member, by=mona)
    add_member(project=other, user=make_user(), role="manager", by=None)
    add_member(project=other, user=mona, role="manager", by=None)
    assert "/sign-in/" in new_link(member=member, by=mona)
    nora.set_password("correct horse battery")
    nora.save()
    with pytest.raises(ConflictError):
        new_link(member=Membership.objects.get(project=project, user=nora), by=mona)


@pytest.fixture
def nora(project: Project, mona: User) -> User:
    """Somebody without a password whom Mona has added."""
    return invite(project=project, email="n@example.org", name="Nora", role="annotator", by=mona)[0]


@pytest.fixture
def kept(nora: User, mona: User) -> str:
    """The link that Mona kept for herself."""
    return new_link(member=Membership.objects.select_related("user").get(user=nora), by=mona)


def opens(link: str) -> bool:
    """Whether the link still signs in: its page and its button must agree."""
    shown = Client().get(link).status_code
    pressed = Client().post(link).status_code
    assert (shown, pressed) in {(200, 302), (404, 404)}
    return pressed == 302


def join(nora: User, role: str) -> None:
    other = make_project()
    boss = make_member(other, role=Role.MANAGER)
    invite(project=other, email=nora.email.upper(), name="", role=role, by=boss)


GROWTH: dict[str, Callable[[User], object]] = {
    "annotator elsewhere": lambda nora: join(nora, "annotator"),
    "reviewer elsewhere": lambda nora: join(nora, "reviewer"),
    "manager elsewhere": lambda nora: join(nora, "manager"),
    "opens a project": lambda nora: create_project(name="Own", slug="own", by=nora),
    "site admin": lambda nora: make_site_admin(email=nora.email, name="Nora"),
}


@pytest.mark.parametrize("way", GROWTH)
def test_a_kept_link_ends_when_its_person_becomes_more(kept: str, nora: User, way: str) -> None:
    GROWTH[way](nora)

    assert not opens(kept)
    with pytest.raises(NotFoundError):
        use_sign_in_link(token=token_of(kept))


def test_a_kept_link_ends_with_the_power_of_who_made_it(
    project: Project, kept: str, nora: User, mona: User
) -> None:
    boss = make_member(project, role=Role.MANAGER)
    add_member(project=project, user=mona, role="reviewer", by=boss)
    assert Client().get(kept).status_code == 404
    add_member(project=project, user=mona, role="manager", by=boss)
    assert Client().get(kept).status_code == 200
    User.objects.filter(pk=mona.pk).update(is_active=False)
    assert Client().get(kept).status_code == 404
    User.objects.filter(pk=mona.pk).update(is_active=True)
    remove_member(member=Membership.objects.get(user=nora), by=boss)

    assert not opens(kept)


def test_a_kept_link_of_a_deleted_manager_is_deleted(kept: str, mona: User) -> None:
    Membership.objects.filter(user=mona).delete()
    mona.delete()

    assert not opens(kept)
    assert not SignInLink.objects.filter(used_at=None).exists()


def test_a_link_lasts_through_another_role_in_the_same_hands(
    project: Project, kept: str, nora: User, mona: User
) -> None:
    add_member(project=project, user=nora, role="manager", by=mona)
    second = make_project()
    Membership.objects.create(project=second, user=mona, role=Role.MANAGER)
    add_member(project=second, user=nora, role="reviewer", by=mona)

    assert opens(kept)


def test_a_link_from_the_server_is_bound_to_nobody(nora: User) -> None:
    link = create_sign_in_link(user=nora)
    join(nora, "manager")

    assert opens(link)


def test_links_of_before_are_given_their_issuers(kept: str, nora: User, mona: User) -> None:
    """As migrated: who made one is in the audit trail; the server's commands leave none."""
    from importlib import import_module

    root = make_user("Root", is_superuser=True)
    create_sign_in_link(user=root)
    SignInLink.objects.update(issuer=None)

    with connection.cursor() as cursor:
        cursor.execute(import_module("accounts.migrations.0003_issuers_of_links").FIND_ISSUERS)

    found = SignInLink.objects.filter(used_at=None).values_list("user", "issuer")
    assert set(found) == {(nora.pk, mona.pk), (root.pk, None)}
