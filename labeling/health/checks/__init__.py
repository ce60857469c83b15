"""The questions that are put to the rows of a file, one module each.

PROMPTS are put to prompts, PAIRS to texts of which one was preferred, from whatever format.
"""

from labeling.health.base import Check
from labeling.health.checks.contradictory import Contradictory
from labeling.health.checks.control_tokens import ControlTokens
from labeling.health.checks.direction import Direction
from labeling.health.checks.empty_side import EmptySide
from labeling.health.checks.identical import IdenticalSides
from labeling.health.checks.items import Asked, Pair
from labeling.health.checks.personal_data import PERSONAL
from labeling.health.checks.prefix import Prefix

PROMPTS: tuple[Check[Asked], ...] = (*PERSONAL, ControlTokens(), Direction())
PAIRS: tuple[Check[Pair], ...] = (EmptySide(), IdenticalSides(), Prefix(), Contradictory())
