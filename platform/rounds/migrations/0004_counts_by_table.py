"""Snapshots count their rows by what these are, no longer by the stage that first read them."""

from django.db import migrations

NAMES = {"sft": "demonstrations", "reward": "rankings"}


def rename(apps, names):
    Snapshot = apps.get_model("rounds", "Snapshot")
    for snapshot in Snapshot.objects.iterator():
        snapshot.counts = {
            split: {names.get(name, name): count for name, count in counts.items()}
            for split, counts in snapshot.counts.items()
        }
        snapshot.save(update_fields=["counts"])


def forwards(apps, schema_editor):
    rename(apps, NAMES)


def backwards(apps, schema_editor):
    rename(apps, {new: old for old, new in NAMES.items()})


class Migration(migrations.Migration):
    dependencies = [("rounds", "0003_plans_by_kind")]

    operations = [migrations.RunPython(forwards, backwards)]
