"""What a line, a page and a database can hold of a text that nobody has checked."""

from collections.abc import Container


def printable(text: str, *, but: Container[str] = ()) -> str:
    """`text` with its unprintable characters, and those of `but`, as Python escapes them."""
    return "".join(
        c if c.isprintable() and c not in but else c.encode("unicode_escape").decode() for c in text
    )
