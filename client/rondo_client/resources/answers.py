"""Operations on answers. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from datetime import date

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.answers import Answer
from rondo_client.models.shared import (
    Review,
)


class AnswersApi(Resource):
    """Answers: list, list reviews, read, review."""

    def list(
        self,
        project: str,
        *,
        standing: str | None = None,
        person: int | None = None,
        kind: str | None = None,
        round: int | None = None,
        language: str | None = None,
        split: str | None = None,
        task: int | None = None,
        since: date | None = None,
        until: date | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        guideline: int | None = None,
        agreement: int | None = None,
        flag: str | None = None,
        mark: str | None = None,
        concern: str | None = None,
        choice: str | None = None,
    ) -> Iterator[Answer]:
        """List answers.

        Those that fit all that is asked, the newest first.

        standing: As `standing` of an answer.

        person: The id of an annotator.

        kind: The name of a kind (`kinds` lists them).

        round: The number of their round.

        language: The tag of their prompt's language: `en`.

        split: Of their prompt: `train` or `heldout`.

        task: The id of a task.

        since: Given on this day (UTC) or later: 2026-11-27.

        until: Given on this day (UTC) or earlier.

        at_least: Seconds of work, at least.

        at_most: Seconds of work, at most.

        guideline: The version that was read.

        agreement: Of their task, at most so many percent.

        flag: `any`, or one reason why it stands out.

        mark: One mark that the answer gives a text.

        concern: `any`, or one concern.

        choice: `chosen` where reward models differ, or `drawn` at random.
        """
        return self._pages(
            Answer,
            at("/projects/{project}/answers", project=project),
            size=200,
            params={
                "standing": standing,
                "person": person,
                "kind": kind,
                "round": round,
                "language": language,
                "split": split,
                "task": task,
                "since": since,
                "until": until,
                "at_least": at_least,
                "at_most": at_most,
                "guideline": guideline,
                "agreement": agreement,
                "flag": flag,
                "mark": mark,
                "concern": concern,
                "choice": choice,
            },
        )

    def read(self, project: str, answer: int) -> Answer:
        """Read an answer.

        As it was given.
        """
        return self._ask(
            Answer,
            "GET",
            at("/projects/{project}/answers/{answer}", project=project, answer=answer),
        )

    def list_reviews(self, project: str, answer: int) -> Iterator[Review]:
        """List what was said of an answer.

        The oldest first; those of answers that this one corrects among them.
        """
        return self._pages(
            Review,
            at("/projects/{project}/answers/{answer}/reviews", project=project, answer=answer),
            size=200,
        )

    def review(
        self, project: str, answer: int, *, act: str, text: str = UNSET, ask_again: bool = UNSET
    ) -> Answer:
        """Review an answer.

        Comment it, find it right, send it back, let it count no more, or count again.

        act: What is done; `include` takes an exclusion back. One of comment, approve, send_back,
        exclude, include.

        text: Why, or what is to be corrected; its annotator reads it.

        ask_again: Of an answer that is excluded: someone else answers the task instead.
        """
        return self._ask(
            Answer,
            "POST",
            at("/projects/{project}/answers/{answer}/reviews", project=project, answer=answer),
            json=given(act=act, text=text, ask_again=ask_again),
        )
