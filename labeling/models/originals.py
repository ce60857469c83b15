"""What prompts said before personal data was taken out of them."""

from django.db import models

from labeling.models.prompts import Prompt


class PromptOriginal(models.Model):
    """The fields of one prompt as its file had them; only managers read it, and that is noted."""

    prompt = models.OneToOneField(Prompt, models.CASCADE, related_name="original")
    messages = models.JSONField()
    given = models.TextField(blank=True, default="")
    metadata = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"original of prompt {self.prompt_id}"
