"""Small SVG pictures of a report, drawn by hand so that the page needs nothing from elsewhere."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rounds import stages

WIDTH, ROW, LABEL = 640, 28, 150
CHART_HEIGHT, MARGIN = 150, 34

Report = dict[str, Any]
Bar = tuple[str, float, float | None, float | None]  # label, value, low, high


def all_of(report: Report) -> list[dict[str, SafeString | str]]:
    """Title and picture, in the order of the page."""
    rows = [(title_of(model), model) for model in report["models"]]
    win_rates = [
        (name, m["win_rate"]["value"], m["win_rate"]["low"], m["win_rate"]["high"])
        for name, m in rows
    ]
    accuracies: list[Bar] = [
        (f"round {model['round']}", model["accuracy"] or 0.0, None, None)
        for model in report["reward_models"]
    ]
    pictures = [
        ("Gold win rate against the base model, 95 % interval", bars(win_rates, mark=0.5, top=1)),
        ("Gold score", bars([(name, m["gold_score"], None, None) for name, m in rows])),
        *(
            [("Reward-model accuracy on held-out pairs", bars(accuracies, mark=0.5, top=1))]
            if accuracies
            else []
        ),
        ("Length in tokens", bars([(name, m["length"], None, None) for name, m in rows])),
        ("Ended by itself (EOS rate)", bars([(n, m["eos_rate"], None, None) for n, m in rows])),
        ("KL in nats per text", bars([(name, m["kl"] or 0.0, None, None) for name, m in rows])),
    ]
    for number, curves in report["ppo_curves"].items():
        pictures += [
            (f"Policy of round {number}: {name.replace('_', ' ')} by step", curve(values))
            for name, values in curves.items()
        ]
    seconds: list[Bar] = [
        (name.replace("_", " "), value, None, None) for name, value in report["seconds"].items()
    ]
    pictures.append(("Seconds by stage", bars(seconds)))
    return [{"title": title, "svg": svg} for title, svg in pictures]


def title_of(model: Report) -> str:
    """The name of a model of the report."""
    name: str = model["name"]
    return name if name == "base" else f"{stages.get(name).label}, round {model['round']}"


def bars(rows: Sequence[Bar], *, mark: float | None = None, top: float | None = None) -> SafeString:
    """Horizontal bars from 0; a whisker where a bar has an interval, a dashed line at `mark`."""
    numbers = [number for _, *values in rows for number in values if number is not None]
    high = max([*numbers, 0.0]) if top is None else top
    low = min([*numbers, 0.0])
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(LABEL + (value - low) / span * (WIDTH - LABEL - 60), 1)

    parts = []
    for place, (label, value, least, most) in enumerate(rows):
        y = place * ROW
        left, right = sorted((x(0.0), x(value)))
        whisker = (
            format_html(
                '<line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/>',
                x(least),
                x(most),
                y + 14,
                y + 14,
            )
            if least is not None and most is not None
            else ""
        )
        parts.append(
            format_html(
                '<text x="0" y="{}">{}</text>'
                '<rect x="{}" y="{}" width="{}" height="16"/>{}'
                '<text x="{}" y="{}">{}</text>',
                y + 18,
                label,
                left,
                y + 6,
                max(1.0, round(right - left, 1)),
                whisker,
                x(max(value, most or value, 0.0)) + 6,
                y + 18,
                f"{value:.3g}",
            )
        )
    height = len(rows) * ROW
    line = (
        format_html('<line class="mark" x1="{0}" x2="{0}" y1="0" y2="{1}"/>', x(mark), height)
        if mark is not None
        else ""
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img">{}{}</svg>',
        WIDTH,
        height,
        format_html_join("", "{}", ((part,) for part in parts)),
        line,
    )


def curve(values: Sequence[float | None]) -> SafeString:
    """A line over steps 1, 2, …; steps without a number are left out."""
    points = [(step, value) for step, value in enumerate(values, start=1) if value is not None]
    if not points:
        return format_html("<p>{}</p>", "no numbers")
    numbers = [value for _, value in points]
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    places = [
        (
            round(60 + (step - 1) / max(len(values) - 1, 1) * (WIDTH - 80), 1),
            round(CHART_HEIGHT - MARGIN + 10 - (value - low) / span * (CHART_HEIGHT - MARGIN), 1),
        )
        for step, value in points
    ]
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img"><polyline points="{}"/>'
        '<text x="0" y="16">{}</text><text x="0" y="{}">{}</text>'
        '<text x="60" y="{}">step 1 to {}</text></svg>',
        WIDTH,
        CHART_HEIGHT,
        " ".join(f"{x},{y}" for x, y in places),
        f"{high:.3g}",
        CHART_HEIGHT - MARGIN + 10,
        f"{low:.3g}",
        CHART_HEIGHT - 4,
        len(values),
    )
