"""Prompts without labels: what labeling.prompt_files says of a line."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.formats.base import Entry, Format, Row


class Prompts(Format):
    """Prompts alone; all that no other format knows."""

    name = "prompts"
    label = _("Prompts")
    needed: ClassVar[tuple[str, ...]] = ("prompt", "messages")

    def fits(self, row: Row) -> float:
        """Where nothing else does."""
        return 0.5 if "prompt" in row or "messages" in row else 0.1

    def read(self, row: Row) -> list[Entry]:
        """The line as it is."""
        return [Entry(prompt=row)]
