"""What a correction is."""

from labeling.kinds.base import Body
from labeling.kinds.texts import WrittenText


class CorrectionBody(Body):
    """A completion and its text after the edit; an unchanged text says that it was right."""

    completion: int
    text: WrittenText
