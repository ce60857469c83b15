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
