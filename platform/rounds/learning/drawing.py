"""Where the points and lines of a learning curve lie in its picture."""

from dataclasses import dataclass
from math import log

from rounds.models import LearningCurve

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 16, 32  # margins, where the axes are written
APART = 1.4  # times as many labels: nearer ones would be written over each other
ROOM = 0.1  # above and below, of the range of what is drawn


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Numbers as SVG takes them. now: where the labels end that there are."""

    points: list[tuple[str, str]]
    line: str  # of the labels that there are
    ahead: str  # of those beyond
    end: dict[str, str]  # x, y, and the ends of the interval: low, high
    now: str
    rows: list[tuple[str, float]]  # y, and the accuracy that is written there
    columns: list[tuple[str, int]]  # x, and the number of labels
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def spaced(counts: list[int], now: int) -> list[int]:
    """Those that have room to be written; of near ones the first, but always `now`."""
    kept: list[int] = []
    for n in counts:
        if kept and n < APART * kept[-1]:
            if n != now:
                continue
            kept.pop()
        kept.append(n)
    return kept


def drawn(curve: LearningCurve) -> Drawing:
    """By the logarithm of the labels, as each share is twice the one before."""
    outlook, points = curve.outlook, curve.points
    accuracy = outlook["accuracy"]
    values = [point["accuracy"] for point in points] + [accuracy["low"], accuracy["high"]]
    room = ROOM * (max(values) - min(values)) or ROOM
    low, high = max(0.0, min(values) - room), min(1.0, max(values) + room)
    counts = sorted({point["labels"] for point in points})
    first, last = log(counts[0]), log(outlook["then"])

    def x(labels: float) -> str:
        return f"{LEFT + (log(labels) - first) / (last - first) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(value: float) -> str:
        return f"{TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM):.1f}"

    def path(part: list[list[float]]) -> str:
        return " ".join(f"{x(labels)},{y(value)}" for labels, value in part)

    now, then = outlook["labels"], outlook["then"]
    line = [at for at in outlook["line"] if at[0] <= now]
    beyond = [line[-1], *(at for at in outlook["line"] if at[0] > now)]
    end = {"x": x(then), "y": y(accuracy["value"])}
    end |= {name: y(accuracy[name]) for name in ("low", "high")}
    return Drawing(
        points=[(x(point["labels"]), y(point["accuracy"])) for point in points],
        line=path(line),
        ahead=path(beyond),
        end=end,
        now=x(now),
        rows=[(y(value), value) for value in (low, (low + high) / 2, high)],
        columns=[
            (x(n), n) for n in spaced([*counts, *([then] if then > APART * now else [])], now)
        ],
    )
