"""Operations on settings. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Literal

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.settings import Settings


class SettingsApi(Resource):
    """Settings: change, read."""

    def read(self, project: str) -> Settings:
        """Read settings.

        As they are now.
        """
        return self._ask(Settings, "GET", at("/projects/{project}/settings", project=project))

    def change(
        self,
        project: str,
        *,
        name: str | None = UNSET,
        description: str | None = UNSET,
        guidelines: str | None = UNSET,
        overlap: int | None = UNSET,
        lease_minutes: int | None = UNSET,
        completions: Mapping[str, int] | None = UNSET,
        goal: int | None = UNSET,
        goal_period: Literal["day", "week"] | None = UNSET,
        skipping: Literal["free", "noted", "never"] | None = UNSET,
        skip_reasons: Sequence[str] | None = UNSET,
        hides_concerns: bool | None = UNSET,
        prompts_per_user: int | None = UNSET,
        redacts_personal: bool | None = UNSET,
        licence: str | None = UNSET,
        open_tasks: bool = UNSET,
    ) -> Settings:
        """Change settings.

        Another text of the guidelines is a new version of them; the old ones stay.

        name: At most 120 characters.

        description: What it is for, at most 2,000 characters.

        guidelines: What annotators are told, in Markdown, at most 50,000 characters; another text
        is a new version.

        overlap: How many people answer a task, 1 to 20.

        lease_minutes: After so many without activity a task goes to someone else.

        completions: Kind (`kinds` lists them) to how many texts a task of it shows.

        goal: Answers in a `goal_period` that each annotator sees as theirs, at most 10,000; 0 for
        none.

        goal_period: What the goal is for.

        skipping: How a task is left to others: with a reason, with a note as well, not at all.

        skip_reasons: Of bad_prompt, wrong_language, needs_expert, unsafe, personal_data, other
        those that are offered; an empty list is all.

        hides_concerns: Answers come without concerns and comments.

        prompts_per_user: So many are imported of each `user_id` of a file; 0 for all.

        redacts_personal: Personal data of what is imported becomes marks such as `[EMAIL]`.

        licence: Of the labels: an SPDX identifier or another name; empty for none.

        open_tasks: Another `overlap` holds for the tasks that are open as well.
        """
        return self._ask(
            Settings,
            "PATCH",
            at("/projects/{project}/settings", project=project),
            json=given(
                name=name,
                description=description,
                guidelines=guidelines,
                overlap=overlap,
                lease_minutes=lease_minutes,
                completions=completions,
                goal=goal,
                goal_period=goal_period,
                skipping=skipping,
                skip_reasons=skip_reasons,
                hides_concerns=hides_concerns,
                prompts_per_user=prompts_per_user,
                redacts_personal=redacts_personal,
                licence=licence,
                open_tasks=open_tasks,
            ),
        )
