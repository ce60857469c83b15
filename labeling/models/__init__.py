"""The tables: projects and people; prompts and completions; tasks and annotations."""

from labeling.models.annotations import Annotation, Review
from labeling.models.projects import GuidelineVersion, Membership, Project, Role
from labeling.models.prompts import Completion, Prompt, PromptUpload, Split, hashes
from labeling.models.tasks import LAST_TURN, LONGEST_DAY, Assignment, Purpose, Task

__all__ = [
    "LAST_TURN",
    "LONGEST_DAY",
    "Annotation",
    "Assignment",
    "Completion",
    "GuidelineVersion",
    "Membership",
    "Project",
    "Prompt",
    "PromptUpload",
    "Purpose",
    "Review",
    "Role",
    "Split",
    "Task",
    "hashes",
]
