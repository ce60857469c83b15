"""Two whole rounds and half of a third one, by people who label through the services of then.

Run by make_fixture.py with the code of an earlier version: it imports that version's modules.
"""

# ruff: noqa: I001  some modules have other names by now

import json
import os
import random
import signal
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services import (
    create_api_token,
    create_sign_in_link,
    make_site_admin,
    revoke_api_token,
)
from jobs import services as jobs
from labeling.assigning import claim_next, save_draft, skip
from labeling.importing import import_prompts, parse_prompts
from labeling.models import Assignment, Project, Role
from labeling.projects import add_member, change_settings, create_project
from labeling.submitting import submit
from labeling.tasks import open_tasks, withdraw
from registry.models import ModelVersion
from rounds.models import Round, Run
from rounds.rehearsal.annotators import Habits, rank
from rounds.rehearsal.loop import PROMPTS, wait
from rounds.services.launching import launch
from rounds.services.opening import ask_more, open_round
from rounds.services.promoting import promote
from training import tiny

SMALL = {"HIDDEN": 8, "VOCABULARY": 320}
TRAINED: dict[str, dict[str, Any]] = {
    "sft": {"epochs": 1, "learning_rate": 1e-3, "batch_size": 4, "micro_batch_size": 4},
    "reward": {"epochs": 1, "learning_rate": 1e-3, "batch_size": 4},
    "ppo": {
        "batch_size": 8,
        "minibatch_size": 8,
        "micro_batch_size": 8,
        "steps": 2,
        "checkpoint_every": 1,
        "max_new_tokens": 12,
        "warmup_steps": 1,
    },
    "evaluate": {"prompts": 6, "samples_per_prompt": 1, "max_new_tokens": 12},
}
PLAN = {
    "rankings": 10,
    "demonstrations": 8,
    "corrections": 4,
    "completions_per_ranking": 4,
    "max_new_tokens": 12,
    "first_batch": 2,
}
PAUSED_STEPS = 24  # of the PPO run that the stack's end interrupts
ROLES = {
    "Mona": Role.MANAGER,
    "Rita": Role.REVIEWER,
    "Ada": Role.ANNOTATOR,
    "Bo": Role.ANNOTATOR,
    "Cleo": Role.ANNOTATOR,
}
CONVERSATION = [
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hello! What is it about?"},
    {"role": "user", "content": "<b>Bold</b> & $x^2$ “quotes”\n\n- a list"},
]


@dataclass(kw_only=True)
class Kitchen:
    """The project and its people by name."""

    project: Project
    people: dict[str, User]
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    @property
    def mona(self) -> User:
        """The manager."""
        return self.people["Mona"]

    def claim(self, name: str, kind: str) -> Assignment:
        """The next task of this kind for somebody."""
        claimed = claim_next(project=self.project, annotator=self.people[name], kind=kind)
        assert claimed is not None
        return claimed

    def answer(self, assignment: Assignment) -> None:
        """Submit something that fits."""
        completions = list(assignment.task.completions.order_by("pk"))
        body: dict[str, Any] = {"text": f"Answer {assignment.pk}: “yes”.\n\n1. 好的\n2. Fine"}
        if assignment.task.kind == "ranking":
            body = rank(completions, habits=Habits(unacceptable_below=-6.0), rng=self.rng)
        elif assignment.task.kind == "correction":
            body["completion"] = completions[0].pk
        submit(
            assignment=assignment,
            body=body,
            client_key=uuid.uuid4(),
            active_seconds=self.rng.randrange(5, 90),
        )

    def label(self, *, limit: int = 10_000) -> None:
        """Let the annotators take turns until nothing is left, or `limit` answers are given."""
        working = [user for name, user in self.people.items() if ROLES[name] == Role.ANNOTATOR]
        while working and limit > 0:
            for user in list(working):
                if (assignment := claim_next(project=self.project, annotator=user)) is None:
                    working.remove(user)
                else:
                    self.answer(assignment)
                    limit -= 1

    def open(self, **plan: Any) -> Round:
        """The next round, its completions written."""
        round_ = open_round(project=self.project, by=self.mona, plan={**PLAN, **plan})
        for run in round_.runs.order_by("pk"):
            wait(run.job, title=f"round {round_.number} generate", say=print)
        return round_

    def train(self, round_: Round, *stages: str) -> ModelVersion:
        """The policy that the chain made."""
        recipes = {stage: TRAINED[stage] for stage in stages}
        for run in launch(round=round_, stages=stages, recipes=recipes, by=self.mona):
            wait(run.job, title=f"round {round_.number} {run.stage}", say=print)
        return ModelVersion.objects.filter(kind="policy").latest("pk")


def set_up(folder: Path) -> Kitchen:
    """People, prompts in two languages and splits, and a base model."""
    admin = make_site_admin(email="admin@example.org", name="Admin")
    project = create_project(
        name="Küche 厨房",
        slug="kitchen",
        by=admin,
        description="Everyday questions.",
        guidelines="Be **brief**.",
    )
    people: dict[str, User] = {}
    for name, role in ROLES.items():
        language = "zh-hans" if name == "Bo" else ""
        people[name] = User.objects.create_user(
            f"{name.lower()}@example.org", "password", name=name, language=language
        )
        add_member(project=project, user=people[name], role=role, by=admin)
    lines = PROMPTS.read_text().splitlines()[:27]
    lines.append(json.dumps({"prompt": "怎样煮鸡蛋？", "language": "zh-Hans", "split": "train"}))
    lines.append(json.dumps({"messages": CONVERSATION, "split": "heldout"}))
    rows = parse_prompts("\n".join(lines).encode()).rows
    import_prompts(project=project, rows=rows, source="first.jsonl", by=people["Mona"])
    for name, value in SMALL.items():
        setattr(tiny, name, value)
    base = folder / "base"
    base.mkdir()
    tiny.write(base)
    payload = {"source": str(base), "name": "Smaller than tiny", "licence": "Apache-2.0"}
    job = jobs.enqueue(kind="base_model", payload=payload, created_by=admin)
    wait(job, title="base model", say=print)
    return Kitchen(project=project, people=people)


def first_round(kitchen: Kitchen) -> ModelVersion:
    """Skips, a late answer that is kept as surplus, and the whole chain."""
    first = kitchen.open()
    late = kitchen.claim("Ada", "ranking")
    Assignment.objects.filter(pk=late.pk).update(lease_until=timezone.now() - timedelta(hours=1))
    while not late.task.annotations.exists():
        kitchen.answer(kitchen.claim("Bo", "ranking"))
    late.refresh_from_db()
    kitchen.answer(late)
    skipped = kitchen.claim("Cleo", "demonstration")
    skip(assignment=skipped, reason="I do not know enough about it.")
    kitchen.label()
    policy = kitchen.train(first, "sft", "reward", "ppo", "evaluate")
    promote(project=kitchen.project, version=policy, by=kitchen.mona, reason="Tried.")
    return policy


def second_round(kitchen: Kitchen, older: ModelVersion) -> None:
    """Other guidelines, two answers per task, older completions too; promoted and taken back."""
    changes = {"guidelines": "Be **brief** and *true*.", "overlap": 2, "lease_minutes": 30}
    kitchen.project = change_settings(project=kitchen.project, by=kitchen.mona, **changes)
    second = kitchen.open(rankings=8, demonstrations=4, corrections=2, previous_share=0.25)
    more = {"demonstrations": 2, "languages": ["zh-Hans"]}
    ask_more(round_=second, by=kitchen.mona, plan=more)
    kitchen.label()
    policy = kitchen.train(second, "reward", "ppo", "evaluate")
    for version in (policy, older, policy):
        promote(project=kitchen.project, version=version, by=kitchen.mona, reason="Tried.")


def third_round(kitchen: Kitchen) -> dict[str, Any]:
    """Half labeled: what is in hand, by kind."""
    kitchen.open(rankings=6, demonstrations=6, corrections=4)
    prompts = [kitchen.project.prompts.order_by("pk")[0]]
    asked = open_tasks(
        project=kitchen.project, kind="demonstration", prompts=prompts, round_number=3
    )
    withdraw(task=asked[0], by=kitchen.mona)
    kitchen.label(limit=5)
    drafts: dict[str, Any] = {}
    for name, kind in (("Ada", "ranking"), ("Bo", "demonstration"), ("Cleo", "correction")):
        held = kitchen.claim(name, kind)
        draft: dict[str, Any] = {"text": f"Half an answer by {name} 一半"}
        if kind == "ranking":
            draft = {"tiers": [held.shown_order[:1], [], [], []], "unacceptable": []}
        elif kind == "correction":
            draft["completion"] = held.shown_order[0]
        save_draft(assignment=held, draft=draft, version=0, active_seconds=17)
        email = kitchen.people[name].email
        drafts[kind] = {"assignment": held.pk, "annotator": email, "draft": draft}
    return drafts


def leave_runs(kitchen: Kitchen) -> None:
    """One run that failed, and one with checkpoints that the end of this script interrupts."""
    third = kitchen.project.rounds.get(number=3)
    sft = {"sft": TRAINED["sft"]}
    fail(launch(round=third, stages=["sft"], recipes=sft, by=kitchen.mona)[0])
    recipes = {**TRAINED, "ppo": {**TRAINED["ppo"], "steps": PAUSED_STEPS}}
    del recipes["sft"], recipes["reward"]
    ppo, _ = launch(round=third, stages=["ppo", "evaluate"], recipes=recipes, by=kitchen.mona)
    while ppo.job.step < 3:
        time.sleep(0.05)
        ppo.job.refresh_from_db()


def fail(run: Run) -> None:
    """Kill the run's process at each attempt, as a machine without memory does."""
    while not run.job.has_ended:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if os.fsencode(run.job.folder) in words:
                os.kill(int(folder.name), signal.SIGKILL)
        time.sleep(0.3)
        run.job.refresh_from_db()
    assert run.job.state == "failed", run.job.state


def main(folder: Path) -> None:
    """Play; what the database alone does not tell, secrets and drafts, goes into a file."""
    kitchen = set_up(folder)
    second_round(kitchen, first_round(kitchen))
    drafts = third_round(kitchen)
    _token, secret = create_api_token(user=kitchen.mona, name="Exports", days=366)
    revoked, _ = create_api_token(user=kitchen.mona, name="Old", scope="write", days=1)
    revoke_api_token(user=kitchen.mona, pk=revoked.pk)
    create_sign_in_link(user=kitchen.people["Ada"])
    (folder / "expected").mkdir()
    text = json.dumps({"token": secret, "drafts": drafts}, indent=1, ensure_ascii=False)
    (folder / "expected/work.json").write_text(text)
    leave_runs(kitchen)


if __name__ == "__main__":
    main(Path(sys.argv[2]))
