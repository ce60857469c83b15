"""What the API remembers of requests: answers that it gives again."""

from django.db import models

from accounts.models import ApiToken


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, for whoever sends it a second time.

    request: the SHA-256 of what was asked. It is stored with what the request changed, in one
    transaction. body: None where it held a secret, which is told once.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="api_keptanswer_once"),
        ]

    def __str__(self) -> str:
        return f"answer to {self.key}"
