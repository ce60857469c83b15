"""A project with one label of each kind, and its exports over HTTP."""

import json

import pytest

from accounts import services
from jobs.models import Job
from labeling.kinds.rules.settings import RulesSettings
from labeling.models import Annotation, Role
from rounds.models import Evaluation, Round, Run
from tests.factories import make_member, make_project, make_prompt, make_task, make_version

DATASETS = [
    "comparisons",
    "conversations",
    "corrections",
    "critiques",
    "demonstrations",
    "dialogues",
    "evaluations",
    "gradings",
    "openai_preferences",
    "preferences",
    "prompts",
    "rankings",
    "ratings",
    "rule_answers",
    "samples",
    "skips",
    "step_labels",
    "steps",
    "unpaired",
]


def bearer(user, **fields):
    _, secret = services.create_api_token(user=user, name="test", **fields)
    return {"Authorization": f"Bearer {secret}"}


def annotate(task, annotator, body, **fields):
    """An annotation as labeling stores it, without the claiming."""
    assignment = task.assignments.create(
        annotator=annotator,
        slot=task.assignments.count() + 1,
        state="submitted",
        lease_until=task.created_at,
        shown_order=[c.pk for c in task.completions.order_by("-pk")],
    )
    return Annotation.objects.create(
        project=task.project,
        task=task,
        assignment=assignment,
        annotator=annotator,
        kind=task.kind,
        body=body,
        shown_order=assignment.shown_order,
        guideline_version=1,
        **fields,
    )


@pytest.fixture
def kitchen():
    return make_kitchen()


def make_kitchen():
    """A project with one label of each kind, in two languages and splits."""
    project = make_project("kitchen")
    ada = make_member(project, "Ada")
    egg = make_prompt(project, "How do I boil an egg?")
    tofu = make_prompt(project, "豆腐怎么做？", language="zh", split="heldout")
    annotate(make_task(project, prompt=egg), ada, {"text": "Six minutes."})
    ranking = make_task(project, "ranking", prompt=tofu, texts=["蒸", "煎", "煮", "扔"])
    a, b, c, d = ranking.completions.order_by("pk").values_list("pk", flat=True)
    annotate(ranking, ada, {"tiers": [[b], [a, c]], "unacceptable": [d]})
    correction = make_task(project, "correction", prompt=egg, texts=["Boil it for ever."])
    original = correction.completions.get()
    annotate(correction, ada, {"completion": original.pk, "text": "Boil it for six minutes."})
    comparison = make_task(project, "comparison", prompt=egg, texts=["Ask.", "Guess."])
    annotate(comparison, ada, {"better": None, "strength": 0, "both_bad": True})
    rating = make_task(project, "rating", prompt=egg, texts=["Six."])
    rated = {"completion": rating.completions.get().pk, "scales": {"overall": 6}}
    annotate(rating, ada, {"ratings": [rated | {"flags": ["opinion"]}]})
    critique = make_task(project, "critique", prompt=tofu, texts=["蒸🥢三天。"])
    error = {"start": 2, "end": 4, "type": "accuracy", "severity": "critical", "note": ""}
    body = {"completion": critique.completions.get().pk, "errors": [error], "text": "太久。"}
    annotate(critique, ada, body)
    grading = make_task(project, "grading", prompt=egg, texts=["Six minutes."])
    graded = {"completion": grading.completions.get().pk, "met": [True, True, False]}
    annotate(grading, ada, {"texts": [graded]})
    rules = make_task(project, "rules", prompt=egg, texts=["Ask your hen."])
    answers = {rule.name: "followed" for rule in RulesSettings().rules} | {"on_topic": "unsure"}
    about = {"completion": rules.completions.get().pk, "answers": answers}
    annotate(rules, ada, {"texts": [about]})
    stepwise = make_task(project, "stepwise", prompt=egg, texts=["Ask. Guess."])
    places = [(0, 5, 1), (5, 11, -1)]
    steps = [{"start": a, "end": b, "label": n, "rewrite": None} for a, b, n in places]
    annotate(stepwise, ada, {"completion": stepwise.completions.get().pk, "steps": steps})
    said = {"message": "", "first": 1, "better": None, "strength": 0, "both_bad": False}
    said["replies"] = [{"text": text, "finish_reason": "stop"} for text in ("煮。", "蒸。")]
    annotate(make_task(project, "dialogue", prompt=tofu), ada, {"turns": [said]})
    skip(make_task(project, prompt=egg), ada, "needs_expert: =eggs")
    evaluate(project, tofu)
    return project


def skip(task, annotator, reason):
    """A task that somebody left to others."""
    return task.assignments.create(
        annotator=annotator,
        slot=1,
        state="skipped",
        lease_until=task.created_at,
        skip_reason=reason,
        active_seconds=7,
    )


def evaluate(project, prompt):
    """An evaluation of a policy in a round, with a text of it and of the base model."""
    base, policy = make_version(), make_version("policy", family=project.family)
    turn = Round.objects.create(project=project, number=1, writer=base)
    job = Job.objects.create(kind="evaluate", queue="gpu")
    run = Run.objects.create(round=turn, stage="evaluate", job=job)
    figures = {"models": {str(version.pk): {"length": 3.5} for version in (base, policy)}}
    found = Evaluation.objects.create(
        run=run, before=base, after=policy, reference=base, metrics=figures
    )
    for version, reward in ((base, None), (policy, 1.5)):
        found.samples.create(
            prompt=prompt, model_version=version, text="+煮。", tokens=3, reward=reward
        )
    return found


def get_rows(client, project, dataset, query="", user=None):
    user = user or make_member(project, role=Role.REVIEWER)
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.jsonl{query}"
    response = client.get(path, headers=bearer(user))
    assert response.status_code == 200, response.content
    body = b"".join(response.streaming_content).decode()
    return [json.loads(line) for line in body.splitlines()]
