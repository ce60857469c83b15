"""Operations on members. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Sequence
from typing import Literal

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.members import Invited, Link, Member


class MembersApi(Resource):
    """Members: change, invite, link, list, read, remove."""

    def list(self, project: str) -> Iterator[Member]:
        """List members.

        Those who came first stand first.
        """
        return self._pages(Member, at("/projects/{project}/members", project=project), size=200)

    def invite(
        self,
        project: str,
        *,
        email: str,
        name: str = UNSET,
        role: Literal["annotator", "reviewer", "manager"] = UNSET,
    ) -> Invited:
        """Add a member, or invite somebody new.

        Somebody without an account gets one, and a link to sign in by that you hand over.

        email: The address by which they sign in, or will.

        name: Of someone without an account; else theirs stays.

        role: What they may do: a reviewer also what an annotator may, a manager everything.
        """
        return self._ask(
            Invited,
            "POST",
            at("/projects/{project}/members", project=project),
            json=given(email=email, name=name, role=role),
        )

    def read(self, project: str, member: int) -> Member:
        """Read a member.

        Their role, and what they are given.
        """
        return self._ask(
            Member,
            "GET",
            at("/projects/{project}/members/{member}", project=project, member=member),
        )

    def change(
        self,
        project: str,
        member: int,
        *,
        role: Literal["annotator", "reviewer", "manager"] | None = UNSET,
        kinds: Sequence[str] | None = UNSET,
        languages: Sequence[str] | None = UNSET,
    ) -> Member:
        """Give a member another role, or other tasks.

        A project keeps one manager at least.

        role: What they may do: a reviewer also what an annotator may, a manager everything.

        kinds: Of the tasks that they are given (`kinds` lists them); an empty list is all.

        languages: Of the tasks that they are given, as `en`; an empty list is all.
        """
        return self._ask(
            Member,
            "PATCH",
            at("/projects/{project}/members/{member}", project=project, member=member),
            json=given(role=role, kinds=kinds, languages=languages),
        )

    def remove(self, project: str, member: int) -> None:
        """Take a member out.

        What they labeled stays.
        """
        self._transport.json(
            "DELETE", at("/projects/{project}/members/{member}", project=project, member=member)
        )

    def link(self, project: str, member: int) -> Link:
        """Make a member another sign-in link.

        For someone without a password, in projects that you manage only.
        """
        return self._ask(
            Link,
            "POST",
            at("/projects/{project}/members/{member}/link", project=project, member=member),
        )
