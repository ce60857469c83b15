"""Which projects have answers that their figures do not know; asked by beat, so it is cheap."""

from django.db import connection

# Between two computations of a project lie `every` seconds, or twenty times what the last one took.
# The one that has waited longest comes first: one that fails or hangs holds up no other.
DUE = """
SELECT p.id
FROM labeling_project p LEFT JOIN {table} f ON f.project_id = p.id
WHERE (
  f.began_at IS NULL
  OR f.began_at + greatest(%(every)s, 20 * f.seconds) * interval '1 second'
    < statement_timestamp()
) AND ({where}) AND (
  EXISTS (
    SELECT FROM labeling_annotation a
    WHERE a.project_id = p.id AND a.id > coalesce(f.last_annotation, 0)
  ) OR EXISTS (
    SELECT FROM labeling_review r JOIN labeling_annotation a ON a.id = r.annotation_id
    WHERE r.id > coalesce(f.last_review, 0) AND a.project_id = p.id
  ) OR f.is_stale OR ({also})
)
ORDER BY f.began_at NULLS FIRST, p.id
"""


# No answer comes where one is made gold or is gold no more: the sum that quality.evidence knows.
GOLD = """
f.golds <> (
  SELECT coalesce(sum(g.answer_id), 0) FROM labeling_gold g
  WHERE g.project_id = p.id AND g.retired_at IS NULL
)
"""


def due() -> list[int]:
    """The keys of those projects."""
    return due_in("quality_projectfigures", every=60, also=GOLD)


def due_in(table: str, *, every: int, where: str = "TRUE", also: str = "FALSE") -> list[int]:
    """The same for figures `f` kept in `table`, of the projects `p` that fit `where`.

    also: what makes them due beside new answers and reviews.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE.format(table=table, where=where, also=also), {"every": every})
        return [pk for (pk,) in cursor.fetchall()]
