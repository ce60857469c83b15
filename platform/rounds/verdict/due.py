"""Which projects have votes or rankings that their verdict does not know; asked by beat."""

from django.db import connection

# Between two computations lie twenty times what the last one took. Only projects in which people
# were asked, or that have rankings by several writers, have anything to compute.
DUE = """
SELECT p.id
FROM labeling_project p LEFT JOIN rounds_verdict v ON v.project_id = p.id
WHERE (
  v.began_at IS NULL
  OR v.began_at + greatest(30, 20 * v.seconds) * interval '1 second' < statement_timestamp()
) AND (
  EXISTS (SELECT FROM rounds_ballot b WHERE b.project_id = p.id)
  OR (SELECT count(*) FROM rounds_round r WHERE r.project_id = p.id) > 1
) AND (
  EXISTS (
    SELECT FROM labeling_annotation a
    WHERE a.project_id = p.id AND a.id > coalesce(v.last_annotation, 0)
  ) OR EXISTS (
    SELECT FROM labeling_review w JOIN labeling_annotation a ON a.id = w.annotation_id
    WHERE w.id > coalesce(v.last_review, 0) AND a.project_id = p.id
  ) OR v.is_stale
)
ORDER BY v.began_at NULLS FIRST, p.id
"""


def due() -> list[int]:
    """The keys of the projects of which the figures do not know everything; asked by beat."""
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        return [pk for (pk,) in cursor.fetchall()]
