"""Prompts know what is nearly the same and what is of one conversation; files say what they like.

No prompt changes its split: what was labeled and trained on stays what it was. The hash is of the
messages as they are; those that it was of NFC without outer blanks get a new one.
"""

import hashlib
import json
import unicodedata

from django.db import migrations, models

AT_ONCE = 1000


def sha256(value):
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def folded(messages):
    def fold(text):
        once = unicodedata.normalize("NFKC", text).casefold()
        return " ".join(unicodedata.normalize("NFKC", once).split())

    return [{key: fold(value) for key, value in message.items()} for message in messages]


def fill(apps, schema_editor):
    prompts = apps.get_model("labeling", "Prompt").objects
    pks = list(prompts.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(pks), AT_ONCE):
        some = list(prompts.filter(pk__in=pks[first : first + AT_ONCE]).only("messages"))
        for prompt in some:
            said = prompt.messages
            beginning = said[: 1 + (said[0]["role"] == "system")] if said else []
            prompt.sha256 = sha256(said)
            prompt.likeness = sha256(folded(said))
            prompt.conversation = sha256(folded(beginning))
        prompts.bulk_update(some, ["sha256", "likeness", "conversation"])


class Migration(migrations.Migration):
    dependencies = [("labeling", "0006_names_that_look_alike")]

    operations = [
        migrations.AddField("prompt", "likeness", models.CharField(default="", max_length=64)),
        migrations.AddField("prompt", "conversation", models.CharField(default="", max_length=64)),
        migrations.AddField(
            "prompt", "group_name", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField("prompt", "metadata", models.JSONField(blank=True, default=dict)),
        migrations.AddField(
            "promptupload", "encoding", models.CharField(blank=True, default="", max_length=20)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "prompt",
            models.Index(fields=["project", "conversation"], name="labeling_conversations"),
        ),
        migrations.AddIndex(
            "prompt",
            models.Index(
                condition=models.Q(("group_name", ""), _negated=True),
                fields=["project", "group_name"],
                name="labeling_groups",
            ),
        ),
    ]
