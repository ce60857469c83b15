"""Cells that a spreadsheet would take for a formula, and compute: they leave with a mark before."""

MARK = "'"
# The column that names those of its row that have the mark, with a blank between two: so what a
# text begins with itself is never taken for one.
GUARDED = "guarded"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may compute a cell of this text."""
    return text.startswith(STARTS)


def without_marks(cells: dict[str, str]) -> dict[str, str]:
    """A row of a table without the marks that it names; one of another program as it is."""
    names = cells.get(GUARDED, "").split()
    if not names or not all(cells.get(name, "").startswith(MARK) for name in names):
        return cells
    plain = {name: text for name, text in cells.items() if name != GUARDED}
    return plain | {name: plain[name].removeprefix(MARK) for name in names}
