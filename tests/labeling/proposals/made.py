"""Proposals for tests."""

from typing import Any

from accounts.models import User
from labeling.models import Project, Proposal, WantedPrompts
from labeling.proposals import writing

SHOTS = {
    "instruction": "Say what the animal eats.",
    "pairs": [["cow", "grass"], ["cat", "mice"]],
    "query": "hen",
    "labels": ["Animal:", "Food:"],
}
SHOTS_TEXT = """Say what the animal eats.

Animal: cow
Food: grass

Animal: cat
Food: mice

Animal: hen
Food:"""


def make_wanted(project: Project, form: str = "plain", **fields: Any) -> WantedPrompts:
    """Ten prompts of a form."""
    return WantedPrompts.objects.create(
        **{"project": project, "form": form, "number": 10, **fields}
    )


def parts(form: str, text: str = "Why is the sky blue?") -> dict[str, Any]:
    """What a page sends of a proposal of this form."""
    named = {"language": "en", "use_case": ""}
    return {**named, **SHOTS} if form == "few_shot" else {**named, "turns": [text]}


def make_proposal(
    project: Project,
    author: User,
    text: str = "Why is the sky blue?",
    *,
    wanted: WantedPrompts | None = None,
    **sent: Any,
) -> Proposal:
    """One that waits for a decision."""
    wanted = wanted or make_wanted(project)
    begun = writing.begin(wanted=wanted, author=author)
    written = {**parts(wanted.form, text), **sent}
    return writing.submit(proposal=begun, sent=written, active_seconds=30)
