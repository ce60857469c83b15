"""What finds one kind of personal data."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Span = tuple[int, int]  # where it begins and ends
# Most texts hold nothing: what a text needs for any number, or any key, is looked for first, in a
# tenth of the time.
FIGURES = re.compile(r"[0-9](?:[^0-9\n]{0,3}[0-9]){6}")
WORD = re.compile(r"[A-Za-z0-9_-]{15}|-----BEGIN")


class Kind:
    """One kind. mark: what stands in its place once it is taken out; needs: what its texts have."""

    name: ClassVar[str]
    label: "ClassVar[_StrPromise]"
    mark: ClassVar[str]
    needs: ClassVar[re.Pattern[str]]

    def found(self, text: str) -> Iterator[Span]:
        """Where `text` holds such, in order."""
        raise NotImplementedError
