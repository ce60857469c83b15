"""Operations on ballots. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Sequence

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.ballots import Ballot


class BallotsApi(Resource):
    """Ballots: ask people, close, list, write texts."""

    def list(self, project: str) -> Iterator[Ballot]:
        """List what people were asked about models.

        The newest first.
        """
        return self._pages(Ballot, at("/projects/{project}/ballots", project=project), size=200)

    def ask_people(
        self,
        project: str,
        *,
        models: Sequence[int],
        prompts: int = UNSET,
        votes: int = UNSET,
        effect: int = UNSET,
        is_written: bool = UNSET,
        is_judged: bool = UNSET,
    ) -> Ballot:
        """Ask people to compare models.

        They do not see which is which. 409 where no held-out prompt is left to ask about.

        models: Two or more, by their ids; each two are compared.

        prompts: Held-out ones for each two models, at most: 1 to 10,000.

        votes: How many people vote on a prompt, 1 to 20.

        effect: The smallest win rate that is worth having, in percent: 52 to 90.

        is_written: Texts that are missing are written by runs.

        is_judged: A language model is asked as well, where one is set up.
        """
        return self._ask(
            Ballot,
            "POST",
            at("/projects/{project}/ballots", project=project),
            json=given(
                models=models,
                prompts=prompts,
                votes=votes,
                effect=effect,
                is_written=is_written,
                is_judged=is_judged,
            ),
        )

    def write_texts(self, project: str, ballot: int) -> Ballot:
        """Go on writing the texts of a vote.

        From where its runs failed or were cancelled; 409 where nothing is missing.
        """
        return self._ask(
            Ballot,
            "POST",
            at("/projects/{project}/ballots/{ballot}/write", project=project, ballot=ballot),
        )

    def close(self, project: str, ballot: int) -> Ballot:
        """Ask no more about models.

        What was said counts. 409 where it is closed already.
        """
        return self._ask(
            Ballot,
            "POST",
            at("/projects/{project}/ballots/{ballot}/close", project=project, ballot=ballot),
        )
