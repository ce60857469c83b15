"""Operations on projects. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from datetime import date

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.projects import Project
from rondo_client.models.shared import (
    AuditEntry,
)


class ProjectsApi(Resource):
    """Projects: archive, create, list, list acts, read, restore."""

    def list(self) -> Iterator[Project]:
        """List the projects you are in.

        The newest first, without those that are archived. A token for one project sees that one.
        """
        return self._pages(Project, "/projects", size=200)

    def create(self, *, name: str, slug: str, description: str = UNSET) -> Project:
        """Open a project.

        You become its manager.

        name: At most 120 characters, like that of no other project.

        slug: Its short name in addresses, which stays: small letters, digits, hyphens.

        description: What it is for, at most 2,000 characters.
        """
        return self._ask(
            Project, "POST", "/projects", json=given(name=name, slug=slug, description=description)
        )

    def read(self, project: str) -> Project:
        """Read one project.

        404 where you are no member.
        """
        return self._ask(Project, "GET", at("/projects/{project}", project=project))

    def archive(self, project: str) -> Project:
        """Archive a project.

        Hidden from lists and annotators, read by reviewers and managers, changed by nobody.
        """
        return self._ask(Project, "POST", at("/projects/{project}/archive", project=project))

    def restore(self, project: str) -> Project:
        """Restore an archived project.

        Everything goes on where it was.
        """
        return self._ask(Project, "POST", at("/projects/{project}/restore", project=project))

    def list_acts(
        self,
        project: str,
        *,
        action: str | None = None,
        person: int | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[AuditEntry]:
        """List what was done in a project.

        The newest first. What reviewers did to answers is told with these answers.

        action: One only, as `round.opened`.

        person: Who did it, by their id.

        since: From this day on.

        until: Up to this day, which counts.
        """
        return self._pages(
            AuditEntry,
            at("/projects/{project}/audit", project=project),
            size=200,
            params={"action": action, "person": person, "since": since, "until": until},
        )
