"""Where answers of a kind name completions: by ids, which are others on another server."""

from typing import Any, ClassVar

from core.places import Number, replaced


class Refers:
    """A part of AnnotationKind.

    refers: the places of its bodies and drafts (core.places) where ids of completions stand.
    """

    refers: ClassVar[tuple[str, ...]] = ()

    def moved(self, said: Any, to: Number) -> Any:
        """A body or a draft with each id of a completion as `to` gives it."""
        for place in self.refers:
            said = replaced(said, place, to)
        return said
