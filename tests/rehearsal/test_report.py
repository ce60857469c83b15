import json
from pathlib import Path
from typing import Any

from rehearsal.report import lines, page, write


def model(name: str, number: int) -> dict[str, Any]:
    rate = {"value": 0.75, "low": 0.66, "high": 0.82, "n": 116}
    values = {"gold_score": -0.25, "kl": 1.5, "length": 30.0, "eos_rate": 0.9}
    return {"name": name, "round": number, "win_rate": rate, **values}


REPORT: dict[str, Any] = {
    "models": [model("base", 0), model("sft", 1), model("ppo", 1), model("ppo", 2)],
    "reward_models": [
        {"round": 1, "accuracy": 0.8, "pairs": 40, "label_accuracy": 0.7, "label_pairs": 50},
        {"round": 2, "accuracy": None, "pairs": 0, "label_accuracy": None, "label_pairs": 0},
    ],
    "seconds": {"base_model": 3.0, "round_1_ppo": 200.0},
    "total_seconds": 300.0,
    "seed": 0,
    "base_model": "tiny",
    "method": "Ties half.",
    "labels": {"1": {"ranking": 16}},
    "recipe": {"plan": {"rankings": 16}},
    "ppo_curves": {"1": {"score": [0.1, None, 0.4], "kl": [None, None]}},
    "samples": [
        {
            "prompt": "Why <b>?",
            "texts": {
                "base": {"text": "So <script>", "gold": 0.1, "finished": False},
                "ppo-2": {"text": "Because it is.", "gold": 1.1, "finished": True},
            },
        }
    ],
}


def test_the_page_fetches_nothing_and_escapes_what_models_write() -> None:
    text = page(REPORT)

    assert "http" not in text
    assert "src=" not in text
    assert "<script" not in text
    assert "So &lt;script&gt; …" in text
    assert text.count("<svg") == 8  # six bar charts, one curve that has numbers, the seconds


def test_the_console_ends_with_models_reward_models_and_texts() -> None:
    assert lines(REPORT)[2] == (
        "base           -0.25   0.75 (0.66 to 0.82, n=116) 1.50    30.0  0.90"
    )
    assert lines(REPORT)[6:8] == [
        "reward model, round 1: accuracy 0.800 on 40 pairs",
        "reward model, round 2: accuracy none on 0 pairs",
    ]
    assert lines(REPORT)[-4:-2] == ["> Why <b>?", "  Because it is."]


def test_both_files_are_written(tmp_path: Path) -> None:
    write(REPORT, tmp_path / "out")

    assert json.loads((tmp_path / "out/report.json").read_text()) == REPORT
    assert (tmp_path / "out/index.html").read_text() == page(REPORT)


INTERVAL = {"value": 0.9, "low": 0.8, "high": 0.95}
RATERS = {
    "raters": {
        "use": "weighed",
        "overlap": 3,
        "people": {
            "1": [
                {
                    "name": "Sim Good 1",
                    "truth": "good",
                    "reliability": {**INTERVAL, "answers": 47, "pairs": 282},
                    "agreement": {**INTERVAL, "n": 47},
                    "first": {**INTERVAL, "n": 47},
                    "length": None,
                },
                {
                    "name": "Sim Random 1",
                    "truth": "random",
                    "reliability": None,
                    "agreement": None,
                    "first": None,
                    "length": None,
                },
            ]
        },
        "tested": [
            {
                "name": "Sim Good 1",
                "truth": "good",
                "agreement": {"percent": 88, "low": 64, "high": 97, "n": 16},
                "answers": 16,
                "passed": True,
            },
            {
                "name": "Sim Random 1",
                "truth": "random",
                "agreement": None,
                "answers": 0,
                "passed": False,
            },
        ],
    },
    "uses": [
        {
            "use": use,
            "round": 1,
            "accuracy": accuracy,
            "pairs": 40,
            "win_rate": {"value": 0.61, "low": 0.5, "high": 0.7, "n": 116},
            "gold_score": 0.5,
        }
        for use, accuracy in (("plain", 0.7), ("left_out", None))
    ],
}


def test_raters_stand_as_found_and_each_use_of_their_labels() -> None:
    text = page(REPORT | RATERS)

    assert "Raters of known reliability" in text
    assert "<tr><td>Sim Good 1<td>good" in text
    assert "0.9 (0.8 to 0.95)" in text
    assert "0.61 (0.5 to 0.7, 116 prompts)" in text
    assert "Raters of known reliability" not in page(REPORT)
    assert "88 % (64 to 97)" in text
    assert lines(REPORT | RATERS)[8:17] == [
        "",
        "round 1       reliability            answers  agreement",
        "Sim Good 1     0.90 (0.80 to 0.95)         47       0.90",
        "Sim Random 1   –                            0          –",
        "Sim Good 1     test: 88 % of 16 answers, passed",
        "Sim Random 1   test: – of 0 answers, did not pass",
        "labels plain, round 1: reward model 0.700 on 40 pairs, policy wins 0.610 (0.50 to 0.70)",
        "labels left out, round 1: reward model none on 40 pairs, policy wins 0.610 (0.50 to 0.70)",
        "",
    ]


def test_without_a_reward_model_nothing_is_said_of_one() -> None:
    report = {**REPORT, "reward_models": []}

    assert "Reward model" not in page(report)
    assert "Reward-model accuracy" not in page(report)
    assert not any(line.startswith("reward model") for line in lines(report))
