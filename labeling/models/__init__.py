"""The tables: projects and people; prompts and completions; tasks and annotations; checks."""

from labeling.models.annotations import Annotation, Concern, Review
from labeling.models.checks import (
    CheckScore,
    CheckSettings,
    Gold,
    GoldUpload,
    Screening,
    SolutionShown,
)
from labeling.models.flags import Flag, Flagged, Marked
from labeling.models.kind_settings import KindSettings
from labeling.models.projects import (
    MOST_ANSWERS,
    GuidelineVersion,
    Membership,
    Period,
    Project,
    Role,
)
from labeling.models.prompts import Completion, Prompt, PromptUpload, Split, hashes
from labeling.models.review import ReviewItem, ReviewSettings
from labeling.models.tasks import CHECKS, LAST_TURN, LONGEST_DAY, Assignment, Purpose, Task

__all__ = [
    "CHECKS",
    "LAST_TURN",
    "LONGEST_DAY",
    "MOST_ANSWERS",
    "Annotation",
    "Assignment",
    "CheckScore",
    "CheckSettings",
    "Completion",
    "Concern",
    "Flag",
    "Flagged",
    "Gold",
    "GoldUpload",
    "GuidelineVersion",
    "KindSettings",
    "Marked",
    "Membership",
    "Period",
    "Project",
    "Prompt",
    "PromptUpload",
    "Purpose",
    "Review",
    "ReviewItem",
    "ReviewSettings",
    "Role",
    "Screening",
    "SolutionShown",
    "Split",
    "Task",
    "hashes",
]
