"""In SQL how much training learns of a grading."""

from labeling.kinds.grading.body import FIELD
from labeling.kinds.paths import Paths
from labeling.kinds.scored import StrictPairs

# What labeling.kinds.grading.body.scores says of a text.
_REACHED = """CASE settings ->> 'order' WHEN 'score' THEN (
    SELECT COALESCE(SUM((rubric -> (place - 1)::integer ->> 'points')::integer), 0)
    FROM jsonb_array_elements(one -> 'met') WITH ORDINALITY AS said(is_met, place)
    WHERE is_met = 'true'
) END"""


def strict_pairs(paths: Paths) -> StrictPairs:
    """How many pairs of completions a grading puts into an order."""
    columns = (paths.body, paths.settings, "task__prompt__rubric")
    return StrictPairs(*columns, reads="rubric", rows=FIELD, reached=_REACHED)
