"""A plan asks for kinds of annotation by their names: {"tasks": {"ranking": 30}, …}."""

from django.db import migrations

FORMER = {"ranking": "rankings", "demonstration": "demonstrations", "correction": "corrections"}


def to_kinds(apps, schema_editor):
    for round_ in apps.get_model("rounds", "Round").objects.all():
        plan = dict(round_.plan)
        counts = {kind: plan.pop(name, 0) for kind, name in FORMER.items()}
        plan["tasks"] = {kind: number for kind, number in counts.items() if number}
        plan["completions"] = {"ranking": plan.pop("completions_per_ranking", 4)}
        round_.plan = plan
        round_.save(update_fields=["plan"])


def to_counts(apps, schema_editor):
    for round_ in apps.get_model("rounds", "Round").objects.all():
        plan = dict(round_.plan)
        tasks = plan.pop("tasks", {})
        plan |= {name: tasks.get(kind, 0) for kind, name in FORMER.items()}
        plan["completions_per_ranking"] = plan.pop("completions", {}).get("ranking", 4)
        round_.plan = plan
        round_.save(update_fields=["plan"])


class Migration(migrations.Migration):
    dependencies = [("rounds", "0002_writer_and_source")]

    operations = [migrations.RunPython(to_kinds, to_counts)]
