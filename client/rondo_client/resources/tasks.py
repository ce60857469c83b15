"""Operations on tasks. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from typing import Literal

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.shared import (
    Assignment,
)
from rondo_client.models.tasks import Task


class TasksApi(Resource):
    """Tasks: decide, list, read, steer."""

    def list(
        self,
        project: str,
        *,
        state: str | None = None,
        kind: str | None = None,
        language: str | None = None,
        round: int | None = None,
        choice: str | None = None,
    ) -> Iterator[Task]:
        """List tasks.

        Those that fit all that is asked, the newest first.

        state: As `state` of a task; else `open`.

        kind: The name of a kind (`kinds` lists them).

        language: The tag of their prompt's language: `en`.

        round: The number of their round.

        choice: `chosen` where reward models differ, or `drawn` at random.
        """
        return self._pages(
            Task,
            at("/projects/{project}/tasks", project=project),
            size=200,
            params={
                "state": state,
                "kind": kind,
                "language": language,
                "round": round,
                "choice": choice,
            },
        )

    def read(self, project: str, task: int) -> Task:
        """Read a task.

        With its texts.
        """
        return self._ask(
            Task, "GET", at("/projects/{project}/tasks/{task}", project=project, task=task)
        )

    def steer(
        self,
        project: str,
        task: int,
        *,
        urgency: Literal["now", "normal", "later"] | None = UNSET,
        state: Literal["open", "withdrawn"] | None = UNSET,
        overlap: int | None = UNSET,
    ) -> Task:
        """Steer a task.

        What does not fit the task as it stands changes nothing: the answer says how it stands.

        urgency: Before the others, in turn, or after them.

        state: Whether it is asked at all.

        overlap: How many people answer it.
        """
        return self._ask(
            Task,
            "PATCH",
            at("/projects/{project}/tasks/{task}", project=project, task=task),
            json=given(urgency=urgency, state=state, overlap=overlap),
        )

    def decide(self, project: str, task: int) -> Assignment:
        """Decide a task.

        An assignment of yours, whose answer counts in place of all others.
        """
        return self._ask(
            Assignment,
            "POST",
            at("/projects/{project}/tasks/{task}/decision", project=project, task=task),
        )
