"""Operations on own answers. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at, given
from rondo_client.models.own_answers import Reopened
from rondo_client.models.shared import (
    OwnAnswer,
    Review,
)


class OwnAnswersApi(Resource):
    """Own answers: comment, correct, list, list reviews, read, take back."""

    def list(self, project: str) -> Iterator[OwnAnswer]:
        """List your own answers.

        The newest first, without those that a correction has replaced.
        """
        return self._pages(
            OwnAnswer, at("/projects/{project}/own-answers", project=project), size=200
        )

    def read(self, project: str, own_answer: int) -> OwnAnswer:
        """Read an answer of yours.

        As it was given.
        """
        return self._ask(
            OwnAnswer,
            "GET",
            at(
                "/projects/{project}/own-answers/{own_answer}",
                project=project,
                own_answer=own_answer,
            ),
        )

    def correct(self, project: str, own_answer: int) -> Reopened:
        """Correct an answer of yours.

        It counts until the correction is submitted. Not once training has begun on it.
        """
        return self._ask(
            Reopened,
            "POST",
            at(
                "/projects/{project}/own-answers/{own_answer}/correct",
                project=project,
                own_answer=own_answer,
            ),
        )

    def take_back(self, project: str, own_answer: int) -> OwnAnswer:
        """Take an answer of yours back.

        It counts no more; the task goes to someone else.
        """
        return self._ask(
            OwnAnswer,
            "POST",
            at(
                "/projects/{project}/own-answers/{own_answer}/take-back",
                project=project,
                own_answer=own_answer,
            ),
        )

    def list_reviews(self, project: str, own_answer: int) -> Iterator[Review]:
        """List what was said of an answer of yours.

        The oldest first; those of answers that this one corrects among them.
        """
        return self._pages(
            Review,
            at(
                "/projects/{project}/own-answers/{own_answer}/reviews",
                project=project,
                own_answer=own_answer,
            ),
            size=200,
        )

    def comment(self, project: str, own_answer: int, *, text: str) -> Review:
        """Say something of an answer of yours.

        Those who review it read it.

        text: What reviewers read beside the answer.
        """
        return self._ask(
            Review,
            "POST",
            at(
                "/projects/{project}/own-answers/{own_answer}/comments",
                project=project,
                own_answer=own_answer,
            ),
            json=given(text=text),
        )
