"""Operations on assignments. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.shared import (
    Assignment,
    OwnAnswer,
)


class AssignmentsApi(Resource):
    """Assignments: keep answer, keep draft, list, read, release task, skip task, submit …"""

    def list(self, project: str) -> Iterator[Assignment]:
        """List the tasks in your hands.

        Those that you have begun and not answered, and what you correct or decide.
        """
        return self._pages(
            Assignment, at("/projects/{project}/assignments", project=project), size=200
        )

    def take_task(self, project: str, *, kind: str | None = UNSET) -> Assignment | None:
        """Take the next task.

        The one that you have begun, if there is one. 204: nothing is left for you now.

        kind: Of this kind only (`kinds` lists them); else of any.
        """
        return self._ask_for_any(
            Assignment,
            "POST",
            at("/projects/{project}/assignments", project=project),
            json=given(kind=kind),
        )

    def read(self, project: str, assignment: int) -> Assignment:
        """Read a task in your hands.

        As it is now.
        """
        return self._ask(
            Assignment,
            "GET",
            at(
                "/projects/{project}/assignments/{assignment}",
                project=project,
                assignment=assignment,
            ),
        )

    def keep_draft(
        self,
        project: str,
        assignment: int,
        *,
        draft: Mapping[str, Any] | None,
        version: int,
        active_seconds: int = UNSET,
    ) -> Assignment:
        """Keep a draft and renew the lease.

        409 with the type `stale_draft` where another page or script has saved since.

        draft: Anything, given back as it is; null renews the lease alone.

        version: `draft_version` of the draft that this one began from.

        active_seconds: Seconds in which somebody worked on it, at most those of a day.
        """
        return self._ask(
            Assignment,
            "PUT",
            at(
                "/projects/{project}/assignments/{assignment}/draft",
                project=project,
                assignment=assignment,
            ),
            json=given(draft=draft, version=version, active_seconds=active_seconds),
        )

    def release_task(self, project: str, assignment: int) -> None:
        """Let others have the task.

        Now, and not when the lease ends. You may be given it again; the draft stays.
        """
        self._transport.json(
            "POST",
            at(
                "/projects/{project}/assignments/{assignment}/release",
                project=project,
                assignment=assignment,
            ),
        )

    def skip_task(
        self, project: str, assignment: int, *, reason: str, note: str = UNSET, avoid: bool = UNSET
    ) -> None:
        """Leave the task to others.

        It does not come back to you. `declined`: after a content warning, in any project.

        reason: One that the project offers: bad_prompt, wrong_language, needs_expert, unsafe,
        personal_data, other; after a content warning also declined.

        note: In words; some projects ask for it.

        avoid: Be given nothing with a content warning from now on, in any project.
        """
        self._transport.json(
            "POST",
            at(
                "/projects/{project}/assignments/{assignment}/skip",
                project=project,
                assignment=assignment,
            ),
            json=given(reason=reason, note=note, avoid=avoid),
        )

    def submit_answer(
        self,
        project: str,
        assignment: int,
        *,
        answer: Mapping[str, Any],
        client_key: UUID | None = UNSET,
        active_seconds: int = UNSET,
        guideline_version: int | None = UNSET,
        concerns: Sequence[str] = UNSET,
        comment: str = UNSET,
    ) -> OwnAnswer:
        """Answer the task.

        Sent again with the same client_key it is the same answer. A late one may be an extra one.

        answer: As the kind of the task has it (`kinds` lists them).

        client_key: A name for this answer, given once; else that of the assignment.

        active_seconds: Seconds in which somebody worked on it, at most those of a day.

        guideline_version: That of the guidelines that were read; else the newest.

        concerns: What is wrong with the task: unsafe, personal_data, wrong_language, needs_expert,
        broken.

        comment: For reviewers, at most 4000 characters.
        """
        return self._ask(
            OwnAnswer,
            "POST",
            at(
                "/projects/{project}/assignments/{assignment}/answer",
                project=project,
                assignment=assignment,
            ),
            json=given(
                answer=answer,
                client_key=client_key,
                active_seconds=active_seconds,
                guideline_version=guideline_version,
                concerns=concerns,
                comment=comment,
            ),
        )

    def keep_answer(self, project: str, assignment: int) -> None:
        """Leave an answer as it was.

        Gives up a correction that was begun.
        """
        self._transport.json(
            "POST",
            at(
                "/projects/{project}/assignments/{assignment}/keep",
                project=project,
                assignment=assignment,
            ),
        )
