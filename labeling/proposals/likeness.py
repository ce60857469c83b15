"""What a project has already that is the same, or nearly: said before anything is submitted."""

from dataclasses import dataclass

from core.hashing import canonical_sha256
from labeling.models import Project, Proposal, hashes
from labeling.proposals.shapes import Messages


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Another one like it. exact: the very same. text: its last message. is_prompt: accepted."""

    exact: bool
    text: str
    is_prompt: bool


def alike(project: Project, messages: Messages, *, but: Proposal) -> Alike | None:
    """A prompt of the project, or else a proposal that waits, that differs by white space, line
    ends, case and Unicode form at most. but: the proposal itself, and the one that it rewrites.
    """
    found = hashes(messages)
    # An index has conversations; what is alike is of one.
    prompts = project.prompts.filter(conversation=found["conversation"], likeness=found["likeness"])
    if prompt := prompts.order_by("pk").first():
        exact = prompt.sha256 == found["sha256"]
        return Alike(exact=exact, text=prompt.last_text, is_prompt=True)
    others = project.proposals.filter(
        likeness=found["likeness"], state=Proposal.State.WAITING
    ).exclude(pk__in=[but.pk, but.revises_id])
    if other := others.order_by("pk").first():
        exact = canonical_sha256(other.messages) == found["sha256"]
        return Alike(exact=exact, text=other.last_text, is_prompt=False)
    return None
