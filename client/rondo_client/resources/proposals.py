"""Operations on proposals. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Sequence

from rondo_client.base import Resource, at, given
from rondo_client.models.proposals import Accepted
from rondo_client.models.shared import (
    Proposal,
)


class ProposalsApi(Resource):
    """Proposals: accept, accept edited, list, return."""

    def list(
        self,
        project: str,
        *,
        form: str | None = None,
        use_case: str | None = None,
        author: int | None = None,
    ) -> Iterator[Proposal]:
        """List the proposals that wait.

        The oldest first. A reviewer decides on none of their own.

        form: `plain`, `few_shot` or `user_based`.

        use_case: Asked for this use case only.

        author: The id of who proposed them.
        """
        return self._pages(
            Proposal,
            at("/projects/{project}/proposals", project=project),
            size=200,
            params={"form": form, "use_case": use_case, "author": author},
        )

    def accept(self, project: str, *, proposals: Sequence[int]) -> Accepted:
        """Accept proposals.

        Each becomes a prompt as it was proposed; their authors are told.

        proposals: By their ids.
        """
        return self._ask(
            Accepted,
            "POST",
            at("/projects/{project}/proposals/accept", project=project),
            json=given(proposals=proposals),
        )

    def accept_edited(self, project: str, proposal: int, *, texts: Sequence[str]) -> Proposal:
        """Accept a proposal with other texts.

        What was proposed stays too.

        texts: One for each of its messages, in order.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/proposals/{proposal}/accept-edited",
                project=project,
                proposal=proposal,
            ),
            json=given(texts=texts),
        )

    def return_(self, project: str, proposal: int, *, reason: str) -> Proposal:
        """Return a proposal to its author.

        They may write it anew.

        reason: What its author is to do about it, at most 4000 characters.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/proposals/{proposal}/return",
                project=project,
                proposal=proposal,
            ),
            json=given(reason=reason),
        )
