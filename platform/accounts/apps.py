"""The app's registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `accounts`."""

    name = "accounts"

    def ready(self) -> None:
        """Register the checks."""
        from accounts import checks  # noqa: F401, PLC0415
