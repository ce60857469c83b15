"""Who has answered in a project: an index is read from person to person, not answer by answer."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from labeling.models import Project

# From person to person, whatever lies between: DISTINCT would read an entry for each answer. In the
# order of labeling_persons_answers, which so is the index that is read.
PEOPLE = """
WITH RECURSIVE answering(id) AS (
  (
    SELECT annotator_id FROM labeling_annotation
    WHERE project_id = %s ORDER BY annotator_id, id DESC LIMIT 1
  ) UNION ALL
  SELECT following.annotator_id FROM answering, LATERAL (
    SELECT a.annotator_id FROM labeling_annotation a
    WHERE a.project_id = %s AND a.annotator_id > answering.id
    ORDER BY a.annotator_id, a.id DESC LIMIT 1
  ) following
)
SELECT id FROM answering
"""


def people_of(project: Project) -> QuerySet[User, Any]:
    """Those who gave an answer of whatever standing, by name."""
    found = RawSQL(PEOPLE, [project.pk, project.pk])  # noqa: S611 - keys alone, as parameters
    return User.objects.filter(pk__in=found).order_by("name")
