"""Operations on wanted prompts. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.shared import (
    Proposal,
)
from rondo_client.models.wanted_prompts import Wanted


class WantedPromptsApi(Resource):
    """Wanted prompts: ask for, begin proposal, change, list."""

    def list(self, project: str) -> Iterator[Wanted]:
        """List the prompts that are wanted.

        In the languages that you are given; what is asked for no more is not among them.
        """
        return self._pages(
            Wanted, at("/projects/{project}/wanted-prompts", project=project), size=200
        )

    def ask_for(
        self,
        project: str,
        *,
        form: str,
        number: int,
        use_case: str = UNSET,
        description: str = UNSET,
        language: str = UNSET,
        heldout_percent: int = UNSET,
    ) -> Wanted:
        """Ask for prompts.

        The project's annotators are told.

        form: One of plain, few_shot, user_based.

        number: How many prompts, 1 to 10000.

        use_case: At most 40 characters; empty for any.

        description: What authors read, at most 4,000 characters.

        language: Its tag, as `en`; empty for any.

        heldout_percent: How many of those that are accepted are held out, 0 to 50.
        """
        return self._ask(
            Wanted,
            "POST",
            at("/projects/{project}/wanted-prompts", project=project),
            json=given(
                form=form,
                number=number,
                use_case=use_case,
                description=description,
                language=language,
                heldout_percent=heldout_percent,
            ),
        )

    def change(
        self,
        project: str,
        wanted_prompt: int,
        *,
        number: int | None = UNSET,
        is_open: bool | None = UNSET,
    ) -> Wanted:
        """Ask for another number, or for no more.

        What was begun may still be submitted.

        number: How many prompts, 1 to 10000.

        is_open: Whether more of them are written.
        """
        return self._ask(
            Wanted,
            "PATCH",
            at(
                "/projects/{project}/wanted-prompts/{wanted_prompt}",
                project=project,
                wanted_prompt=wanted_prompt,
            ),
            json=given(number=number, is_open=is_open),
        )

    def begin_proposal(self, project: str, wanted_prompt: int) -> Proposal:
        """Begin to write a prompt that is wanted.

        The draft that you have begun for it, if there is one.
        """
        return self._ask(
            Proposal,
            "POST",
            at(
                "/projects/{project}/wanted-prompts/{wanted_prompt}/proposals",
                project=project,
                wanted_prompt=wanted_prompt,
            ),
        )
