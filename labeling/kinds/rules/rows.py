"""In SQL how much training learns of answers to rules."""

from labeling.kinds.paths import Paths
from labeling.kinds.rules.body import FIELD
from labeling.kinds.scored import StrictPairs

# What labeling.kinds.rules.body.scores says of a text.
_REACHED = """CASE settings ->> 'order'
    WHEN 'broken' THEN (
        SELECT -SUM(CASE answer WHEN 'broken' THEN 1 WHEN 'unsure' THEN 0.5 ELSE 0 END)
        FROM jsonb_each_text(one -> 'answers') AS given(name, answer)
    )
END"""


def strict_pairs(paths: Paths) -> StrictPairs:
    """How many pairs of completions an answer puts into an order."""
    return StrictPairs(paths.body, paths.settings, rows=FIELD, reached=_REACHED)
