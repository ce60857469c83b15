"""Models of settings. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Settings(Received):
    """overlap: answers per task. completions: how many texts a task of a kind shows.

    goal: answers in a goal_period that each annotator sees as theirs, 0 for none. skip_reasons:
    empty where all are offered. prompts_per_user: that are imported, 0 for all. redacts_personal:
    whether personal data is taken out of what is imported. licence: of the labels, an SPDX
    identifier or another name, "" where nobody has said.
    """

    name: str
    description: str
    guidelines: str
    guideline_version: int
    overlap: int
    lease_minutes: int
    completions: dict[str, int]
    goal: int
    goal_period: str
    skipping: str
    skip_reasons: list[str]
    hides_concerns: bool
    prompts_per_user: int
    redacts_personal: bool
    licence: str
