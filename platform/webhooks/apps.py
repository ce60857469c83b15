"""The app's registration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Registers `webhooks`, which listens to what is announced."""

    name = "webhooks"

    def ready(self) -> None:
        """Listen, and make known what managers are told of."""
        from core import announcing  # noqa: PLC0415  needs the models
        from webhooks import told  # noqa: F401, PLC0415
        from webhooks.noting import note  # noqa: PLC0415

        announcing.listen(note)
