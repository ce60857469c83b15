"""Operations on guidelines. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at, given
from rondo_client.models.guidelines import Guidelines


class GuidelinesApi(Resource):
    """Guidelines: list, mark read, read, write."""

    def list(self, project: str) -> Iterator[Guidelines]:
        """List the versions of the guidelines.

        The newest first.
        """
        return self._pages(
            Guidelines, at("/projects/{project}/guidelines", project=project), size=200
        )

    def write(self, project: str, *, text: str) -> Guidelines:
        """Write new guidelines.

        A new version; the text that there is already is none.

        text: All of it, in Markdown: a new version.
        """
        return self._ask(
            Guidelines,
            "POST",
            at("/projects/{project}/guidelines", project=project),
            json=given(text=text),
        )

    def read(self, project: str, guideline: int) -> Guidelines:
        """Read one version of the guidelines.

        Reading by API notes nothing: `/read` does.
        """
        return self._ask(
            Guidelines,
            "GET",
            at("/projects/{project}/guidelines/{guideline}", project=project, guideline=guideline),
        )

    def mark_read(self, project: str, guideline: int) -> None:
        """Note that you have read the guidelines.

        Where the project wants it, no task is taken before the newest version is read.
        """
        self._transport.json(
            "POST",
            at(
                "/projects/{project}/guidelines/{guideline}/read",
                project=project,
                guideline=guideline,
            ),
        )
