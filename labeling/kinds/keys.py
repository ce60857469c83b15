"""The single keys of the labeling page itself: work.js acts on them, and kinds' letters avoid them.

The form is asked first, so a letter that it took would be lost to the page. Only where texts go by
such letters, as in a ranking of nine, does the form take them: the page's act with Shift there, and
are shown so.
"""

from string import ascii_lowercase

# Key -> what it does, by its name in work.js.
PAGE = {
    "f": "remark",
    "g": "guidelines",
    "i": "before",
    "r": "raw",
    "s": "skip",
    "u": "undo",
    "v": "prompt",
    "?": "help",
}


def free(letters: str = ascii_lowercase) -> list[str]:
    """Those of `letters` that a kind may give to what it asks."""
    return [letter for letter in letters if letter not in PAGE]
