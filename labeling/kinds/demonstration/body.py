"""What a demonstration is."""

from labeling.kinds.base import Body
from labeling.kinds.texts import WrittenText


class DemonstrationBody(Body):
    """The answer as it was written."""

    text: WrittenText
