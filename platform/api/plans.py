"""What a round asks of people, as a body."""

import re
from contextlib import AbstractContextManager
from typing import Any

from pydantic import Field

from api.fields import named
from api.schemas import Body, Key, example
from labeling.models import Project
from rounds.collecting.plan import completions_in


class PlanBody(Body, json_schema_extra=example(tasks={"ranking": 20})):
    """How many tasks of each kind, and how their completions are written."""

    tasks: dict[str, int] = Field(
        description="Kind (`kinds` lists them) to how many tasks of it are asked."
    )
    completions: dict[str, int] = Field(
        default_factory=dict,
        description="Kind to how many texts a task of it shows; else as the project has it.",
    )
    human_texts: bool = Field(False, description="People's texts stand among the model's.")
    chosen_percent: int = Field(
        0,
        description="Of the tasks that compare texts, those that two reward models choose: 0 to"
        " 100.",
    )
    previous_share: float = Field(0.0, description="Of completions, by the model before: 0 to 0.5.")
    temperature: float = Field(1.0, description="Of sampling, 0.1 to 2.")
    max_new_tokens: int = Field(128, description="Of a completion, at most: 1 to 4096.")
    first_batch: int = Field(
        6, description="Prompts whose completions are written ahead, 0 to 1000."
    )
    languages: list[str] = Field(default_factory=list, description="Of the prompts; empty: all.")
    use_cases: list[str] = Field(default_factory=list, description="Of the prompts; empty: all.")
    seed: int = Field(0, description="What is drawn and sampled follows from it.")

    def plan(self, project: Project) -> dict[str, Any]:
        """As `Plan.clean` takes it, which says what of it cannot be."""
        values = self.model_dump(include=set(PlanBody.model_fields))
        return {**values, "completions": completions_in(project, self.completions)}


def planned() -> AbstractContextManager[None]:
    """What is refused within names the fields of a `PlanBody`."""
    return named(lambda field: re.sub(r"^(tasks|completions)_", r"\1.", field))


class RoundBody(
    PlanBody,
    json_schema_extra=example(
        tasks={"demonstration": 20, "ranking": 50}, languages=["en"], number=2
    ),
):
    """What the next round asks."""

    base: Key | None = Field(
        None, description="The base model of the first round; without it the newest."
    )
    number: Key | None = Field(
        None,
        description="The round that this opens: one that is open already is answered as it is.",
    )

    def plan(self, project: Project) -> dict[str, Any]:
        """As `Plan.clean` takes it."""
        return {**super().plan(project), "base": self.base}
