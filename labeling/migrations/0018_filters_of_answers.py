"""Answers know their round, language and split: lists are filtered by indexes."""

from django.db import migrations, models

# Without the table's indexes, which are made anew afterwards: each row would be added to all of them
# one by one. Those of constraints stay.
COPIED = """
DO $$
DECLARE
  indexes text[];
  definitions text[];
BEGIN
  SELECT array_agg(i.indexrelid::regclass::text), array_agg(pg_get_indexdef(i.indexrelid))
  INTO indexes, definitions FROM pg_index i
  WHERE i.indrelid = 'labeling_annotation'::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);
  FOR n IN 1 .. coalesce(array_length(indexes, 1), 0) LOOP
    EXECUTE 'DROP INDEX ' || indexes[n];
  END LOOP;
  UPDATE labeling_annotation a
  SET round_number = t.round_number, language = p.language, split = p.split
  FROM labeling_task t JOIN labeling_prompt p ON p.id = t.prompt_id
  WHERE t.id = a.task_id;
  FOR n IN 1 .. coalesce(array_length(indexes, 1), 0) LOOP
    EXECUTE definitions[n];
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0017_review_queue")]

    operations = [
        migrations.AddField(
            "annotation", "round_number", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "annotation", "language", models.CharField(max_length=10, default="", db_default="")
        ),
        migrations.AddField(
            "annotation",
            "split",
            models.CharField(
                choices=[("train", "Training"), ("heldout", "Held-out")],
                max_length=10,
                default="",
                db_default="",
            ),
        ),
        migrations.RunSQL(COPIED, migrations.RunSQL.noop),
        migrations.AddIndex(
            "annotation",
            models.Index(fields=["project", "round_number", "id"], name="labeling_by_round"),
        ),
        migrations.AddIndex(
            "annotation",
            models.Index(fields=["project", "language", "id"], name="labeling_by_language"),
        ),
        migrations.AddIndex(
            "annotation", models.Index(fields=["project", "kind", "id"], name="labeling_by_kind")
        ),
        migrations.AddIndex(
            "annotation",
            models.Index(fields=["project", "active_seconds"], name="labeling_by_seconds"),
        ),
        migrations.AddIndex(
            "annotation",
            models.Index(
                fields=["project", "standing", "id"],
                name="labeling_by_standing",
                condition=~models.Q(standing="counts"),
            ),
        ),
        migrations.AddIndex(
            "annotation",
            models.Index(
                fields=["project", "id"],
                name="labeling_heldout_answers",
                condition=models.Q(split="heldout"),
            ),
        ),
    ]
