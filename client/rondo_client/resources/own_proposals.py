"""Operations on own proposals. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Mapping
from typing import Any

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.shared import (
    Proposal,
)


class OwnProposalsApi(Resource):
    """Own proposals: keep draft, list, read, rewrite, submit, take back."""

    def list(self, project: str) -> Iterator[Proposal]:
        """List the prompts that you wrote.

        The newest first, without those that you have written anew.
        """
        return self._pages(
            Proposal, at("/projects/{project}/own-proposals", project=project), size=200
        )

    def read(self, project: str, own_proposal: int) -> Proposal:
        """Read a prompt that you wrote.

        And what became of it.
        """
        return self._ask(
            Proposal,
            "GET",
            at(
                "/projects/{project}/own-proposals/{own_proposal}",
                project=project,
                own_proposal=own_proposal,
            ),
        )

    def keep_draft(
        self,
        project: str,
        own_proposal: int,
        *,
        draft: Mapping[str, Any],
        version: int,
        active_seconds: int = UNSET,
    ) -> Proposal:
        """Keep the draft of a prompt.

        409 with the type `stale_draft` where another page or script has saved since.

        draft: Anything, given back as it is.

        version: `draft_version` of the draft that this one began from.

        active_seconds: Seconds in which somebody worked on it, at most those of a day.
        """
        return self._ask(
            Proposal,
            "PUT",
            at(
                "/projects/{project}/own-proposals/{own_proposal}/draft",
                project=project,
                own_proposal=own_proposal,
            ),
            json=given(draft=draft, version=version, active_seconds=active_seconds),
        )

    def submit(
        self,
        project: str,
        own_proposal: int,
        *,
        written: Mapping[str, Any],
        active_seconds: int = UNSET,
    ) -> Proposal:
        """Propose the prompt.

        409 where the project has it already, or nearly.

        written: `turns`, or `instruction`, `pairs`, `query` and `labels` of a few-shot prompt;
        beside these `language` and `use_case`, which may be empty.

        active_seconds: Seconds in which somebody worked on it, at most those of a day.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/own-proposals/{own_proposal}/submit",
                project=project,
                own_proposal=own_proposal,
            ),
            json=given(written=written, active_seconds=active_seconds),
        )

    def rewrite(self, project: str, own_proposal: int) -> Proposal:
        """Write anew what was returned.

        A draft in its place, with what was written.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/own-proposals/{own_proposal}/rewrite",
                project=project,
                own_proposal=own_proposal,
            ),
        )

    def take_back(self, project: str, own_proposal: int) -> Proposal:
        """Take a prompt back.

        Nobody decides on it any more.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/own-proposals/{own_proposal}/take-back",
                project=project,
                own_proposal=own_proposal,
            ),
        )
