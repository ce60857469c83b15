"""What was found, as docs/benchmarks.md has it."""

from typing import Any

NAMES = {
    "reward k4": "reward model, K = 4: a step",
    "reward k9": "reward model, K = 9: a step",
    "ppo equal": "PPO, equal settings: a step",
    "ppo default": "PPO, the product's settings for CPUs: a step of its own size",
    "ppo lora": "PPO with LoRA, otherwise equal settings: a step",
    "generation k9": "generation, K = 9, a prompt of 256 tokens",
    "sft ": "SFT: an epoch",
}


def table(report: dict[str, Any]) -> str:
    """Markdown."""
    where = ", ".join(map(str, report["machine"].values()))
    what = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    lines = [
        f"{where}; {what}; {report['settings']['dtype']}.",
        "",
        "| | ours | peer | times as fast | ours, MB | peer, MB | of its memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for stage in ("reward", "ppo", "generation", "sft"):
        found = report.get(stage, {})
        for name, one in {"": found}.items() if "ours_s" in found else found.items():
            label = NAMES.get(f"{stage} {name}", f"{stage} {name}")
            lines.append("| " + " | ".join([label, *cells(one)]) + " |")
    for name, value in report.get("bytes_per_parameter", {}).items():
        lines += ["", f"Bytes a parameter held between two steps, with gradients, {name}: {value}"]
    return "\n".join(lines)


def cells(one: dict[str, Any]) -> list[str]:
    ours_s, ours_mb = f"{one['ours_s']:.2f} s", f"{one['ours_mb']:,}"
    if "ratio" not in one:
        return [ours_s, "–", "–", ours_mb, "–", "–"]
    share = f"{one['ours_mb'] / one['peer_mb']:.2f}"
    peer_s, peer_mb = f"{one['peer_s']:.2f} s", f"{one['peer_mb']:,}"
    return [ours_s, peer_s, f"{one['ratio']:.2f}", ours_mb, peer_mb, share]
