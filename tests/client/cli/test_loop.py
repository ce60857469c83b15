"""The whole loop, two rounds on the tiny model, by the command `rondo` alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client.stack import Stack, running

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "shell-talk"
SETTINGS = {
    "sft": {"epochs": 1},
    "reward": {"epochs": 1},
    "ppo": {
        "steps": 2,
        "batch_size": 4,
        "minibatch_size": 4,
        "micro_batch_size": 4,
        "max_new_tokens": 16,
    },
    "evaluate": {"prompts": 6, "max_new_tokens": 16},
}
QUESTIONS = [
    {"prompt": f"What is {n} and {n + 1}?", "split": "heldout" if n % 4 == 3 else "train"}
    for n in range(24)
]


class Shell:
    """A person at a terminal, with a token."""

    def __init__(self, stack: Stack, token: str, home: Path) -> None:
        self.env = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "client"),
            "XDG_CONFIG_HOME": str(home),
        }
        for name in ("RONDO_URL", "RONDO_TOKEN"):
            self.env.pop(name, None)
        self.run("login", stack.url, given=token)

    def run(self, *words: str, given: str = "") -> list[Any]:
        """What a command prints with --json; it has to succeed. given: its standard input."""
        done = subprocess.run(
            [sys.executable, "-c", "from rondo_client.cli import main; main()", *words, "--json"],
            env=self.env,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (words, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def answer_all(self) -> None:
        """Take and answer tasks until nothing is left."""
        (guidelines, *_) = self.run("guidelines", "list", PROJECT)
        self.run("guidelines", "mark-read", PROJECT, str(guidelines["version"]))
        number = 0
        while (task := self.run("assignments", "take-task", PROJECT)[0]) is not None:
            number += 1
            answer: dict[str, Any] = {"text": f"It is {number}, if you count well."}
            if task["kind"] == "ranking":
                lengths = sorted({len(text["text"]) for text in task["texts"]})
                tiers = [[t["id"] for t in task["texts"] if len(t["text"]) == n] for n in lengths]
                answer = {"tiers": tiers, "unacceptable": []}
            words = ("assignments", "submit-answer", PROJECT, str(task["id"]), "--answer", "-")
            self.run(*words, given=json.dumps(answer))


def play(admin: Shell, ada: Shell, number: int, tasks: str) -> str:
    """A round from its opening to its policy's promotion; the policy's name."""
    round_ = str(number)
    admin.run("rounds", "open", PROJECT, "--tasks", tasks, "--max-new-tokens", "16")
    admin.run("rounds", "wait", PROJECT, round_, "--until", "texts")
    ada.answer_all()
    admin.run("rounds", "wait", PROJECT, round_, "--until", "answers")
    (found,) = admin.run("rounds", "read-launchable", PROJECT, round_)
    stages = {stage["name"] for stage in found["stages"] if stage["proposed"]}
    settings = json.dumps({name: SETTINGS[name] for name in SETTINGS if name in stages})
    (check,) = admin.run("rounds", "check-launch", PROJECT, round_, "--settings", settings)
    assert check["may_launch"], check
    admin.run("rounds", "launch", PROJECT, round_, "--settings", "-", given=settings)
    admin.run("rounds", "wait", PROJECT, round_, "--until", "runs")
    evaluations = admin.run("runs", "list", PROJECT, "--round", round_, "--stage", "evaluate")
    assert admin.run("runs", "read-evaluation", PROJECT, str(evaluations[0]["id"]))
    policy = admin.run("models", "list", PROJECT, "--kind", "policy")[0]
    admin.run("models", "promote", PROJECT, str(policy["id"]), "--reason", "Nobody has voted.")
    return str(policy["name"])


@pytest.mark.slow
def test_two_rounds_by_the_command_alone(tmp_path: Path) -> None:
    (tmp_path / "questions.json").write_text(json.dumps(QUESTIONS))
    with running(tmp_path / "var") as stack:
        admin = Shell(stack, stack.admin, tmp_path / "admin")
        ada = Shell(stack, stack.ada, tmp_path / "ada")
        admin.run("projects", "create", "--slug", PROJECT, "--name", "Shell talk")
        admin.run("settings", "change", PROJECT, "--overlap", "1", "--guidelines", "Be brief.")
        admin.run("members", "invite", PROJECT, "--email", "ada@rondo.example")
        admin.run("prompts", "add", PROJECT, "--prompts", f"@{tmp_path / 'questions.json'}")

        names = [
            play(admin, ada, 1, "ranking=6,demonstration=5"),
            play(admin, ada, 2, "ranking=4"),
        ]

        assert names == ["policy v1", "policy v2"]
        (alias,) = admin.run("aliases", "list", PROJECT)
        assert alias["version"]["name"] == "policy v2"
        rows = tmp_path / "rankings.jsonl"
        admin.run("exports", "export", PROJECT, "rankings", "jsonl", str(rows))
        rounds = [json.loads(line)["round"] for line in rows.read_text("utf-8").splitlines()]
        assert sorted(rounds) == [1] * 6 + [2] * 4
