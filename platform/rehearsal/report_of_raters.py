"""What a rehearsal's report says of raters of known reliability, and of what was made of them."""

from collections.abc import Sequence
from typing import Any

from rehearsal.loop import Played, Scene

Report = dict[str, Any]


def part(
    scene: Scene,
    rounds: Sequence[Played],
    models: Sequence[Report],
    reward_models: Sequence[Report],
    before: Sequence[Report],
) -> Report:
    """`raters`: each as found; `uses`: the figures of each use of the labels so far."""
    assert scene.raters is not None
    use = scene.raters.use
    policies = {model["round"]: model for model in models[1:]}  # the last of a round is its policy
    judges = {judge["round"]: judge for judge in reward_models}  # none where DPO made the policy
    own = [
        {
            "use": use,
            "round": number,
            "accuracy": judges.get(number, {}).get("accuracy"),
            "pairs": judges.get(number, {}).get("pairs", 0),
            "win_rate": policy["win_rate"],
            "gold_score": policy["gold_score"],
        }
        for number, policy in policies.items()
    ]
    return {
        "raters": {
            "use": use,
            "overlap": scene.raters.overlap,
            "people": {str(played.number): played.people for played in rounds},
            "tested": [row for played in rounds for row in played.tested],
        },
        "uses": [*(row for report in before for row in report["uses"] if row["use"] != use), *own],
    }


def lines(report: Report) -> list[str]:
    """For the console."""
    shown = []
    for number, people in report.get("raters", {}).get("people", {}).items():
        shown += ["", f"round {number}       reliability            answers  agreement"]
        for person in people:
            found, alike = person["reliability"], person["agreement"]
            text = (
                f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
                if found
                else "–"
            )
            agreement = f"{alike['value']:.2f}" if alike else "–"
            answers = found["answers"] if found else 0
            shown.append(f"{person['name']:<15}{text:<23}{answers:>7}  {agreement:>9}")
    for row in report.get("raters", {}).get("tested", []):
        agreement = f"{row['agreement']['percent']} %" if row["agreement"] else "–"
        outcome = "passed" if row["passed"] else "did not pass"
        shown.append(f"{row['name']:<15}test: {agreement} of {row['answers']} answers, {outcome}")
    for row in report.get("uses", []):
        rate, labels = row["win_rate"], row["use"].replace("_", " ")
        accuracy = "none" if row["accuracy"] is None else f"{row['accuracy']:.3f}"
        shown.append(
            f"labels {labels}, round {row['round']}: reward model {accuracy} on {row['pairs']} "
            f"pairs, policy wins {rate['value']:.3f} ({rate['low']:.2f} to {rate['high']:.2f})"
        )
    return shown
