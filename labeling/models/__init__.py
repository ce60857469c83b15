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
from labeling.models.exchanges import Exchange
from labeling.models.flags import Flag, Flagged, Marked
from labeling.models.imported_labels import ImportedLabel
from labeling.models.imports import Import
from labeling.models.kind_settings import KindSettings
from labeling.models.originals import PromptOriginal
from labeling.models.preambles import Preamble
from labeling.models.projects import (
    MOST_ANSWERS,
    GuidelineVersion,
    Membership,
    Period,
    Project,
    Role,
    Skipping,
)
from labeling.models.prompts import (
    PARTS,
    WARNED,
    Completion,
    ContentWarning,
    Prompt,
    PromptUpload,
    Split,
    UploadPart,
    hashes,
)
from labeling.models.proposals import MOST_WANTED, PromptForm, Proposal, WantedPrompts
from labeling.models.pseudonyms import Pseudonym
from labeling.models.review import ReviewItem, ReviewSettings
from labeling.models.tasks import (
    CHECKS,
    LAST_TURN,
    LONGEST_DAY,
    Assignment,
    Purpose,
    SkipReason,
    Task,
)

__all__ = [
    "CHECKS",
    "LAST_TURN",
    "LONGEST_DAY",
    "MOST_ANSWERS",
    "MOST_WANTED",
    "PARTS",
    "WARNED",
    "Annotation",
    "Assignment",
    "CheckScore",
    "CheckSettings",
    "Completion",
    "Concern",
    "ContentWarning",
    "Exchange",
    "Flag",
    "Flagged",
    "Gold",
    "GoldUpload",
    "GuidelineVersion",
    "Import",
    "ImportedLabel",
    "KindSettings",
    "Marked",
    "Membership",
    "Period",
    "Preamble",
    "Project",
    "Prompt",
    "PromptForm",
    "PromptOriginal",
    "PromptUpload",
    "Proposal",
    "Pseudonym",
    "Purpose",
    "Review",
    "ReviewItem",
    "ReviewSettings",
    "Role",
    "Screening",
    "SkipReason",
    "Skipping",
    "SolutionShown",
    "Split",
    "Task",
    "UploadPart",
    "WantedPrompts",
    "hashes",
]
