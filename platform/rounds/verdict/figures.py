"""Figures of verdicts, as JSON. Loads NumPy, so only the process of `__main__` imports it."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from measures import asking, confidence, sprt
from measures.bradley_terry import Table, Vote, table
from measures.intervals import Estimate, wilson
from rounds.verdict.votes import Judged, Verdicts, in_order

Row = dict[str, Any]


def pairs(found: Verdicts, *, effect: float) -> list[Row]:
    """For each two versions how the newer one does, newest first."""
    rows = [
        {"older": older, "newer": newer, **_pair(list(in_order(judged)), effect)}
        for (older, newer), judged in found.items()
    ]
    rows = [row for row in rows if row["prompts"]]
    return sorted(rows, key=lambda row: (-row["newer"], -row["older"]))


def _pair(judged: Sequence[tuple[int, Judged]], effect: float) -> Row:
    outcomes = [fmean(said.outcomes) for _prompt, said in judged]
    if not outcomes:
        return {"prompts": 0}
    design = sprt.Design(effect=effect)
    verdict = sprt.decide(outcomes, design)
    anytime = confidence.sequence(outcomes)[-1]
    return {
        "prompts": len(outcomes),
        "votes": sum(len(said.outcomes) for _prompt, said in judged),
        "wins": sum(outcome > 0.5 for outcome in outcomes),
        "ties": sum(outcome == 0.5 for outcome in outcomes),
        "losses": sum(outcome < 0.5 for outcome in outcomes),
        # A prompt is one unit, whatever its votes: this is the interval clustered by prompt.
        "rate": asdict(wilson(fmean(outcomes), len(outcomes))),
        "anytime": {"low": anytime.low, "high": anytime.high},
        "decision": verdict.decision,
        "decided_after": verdict.prompts,
        "more": 0 if verdict.decision != "undecided" else _more(outcomes, verdict.ratio, design),
    }


def _more(outcomes: Sequence[float], ratio: float, design: sprt.Design) -> int:
    """About how many further prompts it takes, if the rest go as those so far."""
    rate = (sum(outcomes) + 1) / (len(outcomes) + 2)
    drift = design.increment(rate)
    left = (design.upper if drift > 0 else design.lower) - ratio
    most = sprt.fixed_prompts(design)
    return max(1, min(most, round(left / drift) if abs(drift) > 1e-6 else most))


def standings(found: Verdicts, *, base: int | None) -> Row:
    """All versions in one table, and which pair to ask about next; empty without votes.

    base: the version that the others are measured against, if it was voted on; else the oldest.
    """
    versions = sorted({version for pair in found for version in pair})
    if len(versions) < 2:
        return {}
    place = {version: n for n, version in enumerate(versions)}
    anchor = base if base in place else versions[0]
    votes = [
        Vote(prompt=prompt, one=place[older], other=place[newer], outcome=1 - outcome)
        for (older, newer), judged in found.items()
        for prompt, said in in_order(judged)
        for outcome in said.outcomes
    ]
    fitted = table(votes, versions=len(versions), base=place[anchor])
    if fitted is None:
        return {}
    rows = [
        {
            "version": version,
            "strength": _plain(standing.strength),
            "wins": _plain(standing.wins),
        }
        for version, standing in zip(versions, fitted.standings, strict=True)
    ]
    return {"base": anchor, "rows": rows, "next": _next(fitted, versions)}


def _next(fitted: Table, versions: Sequence[int]) -> Row:
    """The pair whose next vote says most of the newest version against the base."""
    newest = len(versions) - 1
    than = fitted.base if fitted.base != newest else newest - 1
    asked = asking.next_pair(fitted, better=newest, than=than)
    return {
        "older": versions[min(asked.one, asked.other)],
        "newer": versions[max(asked.one, asked.other)],
    }


def _plain(estimate: Estimate | None) -> Row | None:
    return asdict(estimate) if estimate else None
