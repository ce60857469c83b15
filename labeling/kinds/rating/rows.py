"""In SQL how much training learns of a rating."""

from labeling.kinds.paths import Paths
from labeling.kinds.rating.body import FIELD
from labeling.kinds.scored import StrictPairs

# What labeling.kinds.rating.body.scores says of a text; a sum orders as its mean does.
_REACHED = """CASE settings ->> 'order'
    WHEN 'first' THEN (one -> 'scales' ->> (jsonb_path_query_first(
        settings, '$.criteria[*] ? (@.form == "scale").name'
    ) #>> '{}'))::numeric
    WHEN 'mean' THEN (
        SELECT SUM(number::numeric) FROM jsonb_each_text(one -> 'scales') AS given(name, number)
    )
END"""


def strict_pairs(paths: Paths) -> StrictPairs:
    """How many pairs of completions a rating puts into an order."""
    return StrictPairs(paths.body, paths.settings, rows=FIELD, reached=_REACHED)
