"""What finds one kind of personal data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Span = tuple[int, int]  # where it begins and ends


class Kind:
    """One kind. mark: what stands in its place where it is taken out."""

    name: ClassVar[str]
    label: "ClassVar[_StrPromise]"
    mark: ClassVar[str]

    def found(self, text: str) -> Iterator[Span]:
        """Where `text` holds such, in order."""
        raise NotImplementedError
