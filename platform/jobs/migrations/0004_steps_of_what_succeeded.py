"""Reward models said "step 1 of 2" at their end; what they had told before says how many it were."""

from django.db import migrations

STEPS = """
UPDATE jobs_job SET (step, total_steps) = (
  SELECT told.total, told.total FROM (
    SELECT COALESCE(MAX((data ->> 'total')::integer), total_steps) AS total
    FROM jobs_jobevent
    WHERE job_id = jobs_job.id AND kind = 'progress' AND data ->> 'phase' <> 'measure'
  ) AS told
)
WHERE state = 'succeeded' AND phase = 'measure' AND step < total_steps
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_releases_and_workers")]

    operations = [migrations.RunSQL(STEPS, migrations.RunSQL.noop)]
