"""Operations on reviews. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Sequence

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.reviews import Next


class ReviewsApi(Resource):
    """Reviews: next."""

    def next(
        self, project: str, *, queue: str, person: int | None = UNSET, later: Sequence[int] = UNSET
    ) -> Next:
        """Find the next answer to review.

        Of the spot checks new ones are drawn first. Never an answer of your own.

        queue: One of expert, concerns, agreement, flagged, spot, replies, person.

        person: Whose answers, by their id: of the queue person.

        later: Answers that are left for later, by their ids.
        """
        return self._ask(
            Next,
            "POST",
            at("/projects/{project}/reviews/next", project=project),
            json=given(queue=queue, person=person, later=later),
        )
