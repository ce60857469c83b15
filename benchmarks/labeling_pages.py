"""What the pages about answers and people cost at a million answers.

    make bench-labeling
    make bench-labeling ARGS="--sizes --answers 100000"

Fills a project with so many rankings, two answers a task, by 40 people in ten rounds and half a
year, in three languages; has the figures computed from scratch, and once more for a hundred answers
that are excluded; then asks for each page as a manager, in this process. It is part of
results/labeling.json:

queries  of the page
ms       the middle one of five times, the first left out; more than 300 is too much
"""

import time
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from labeling import reviewing
from labeling.models import Annotation, Membership, Project, Role
from labeling.projects import create_project
from quality.refreshing import refresh

LIMIT = 300.0  # milliseconds
PEOPLE = 40
TIMES = 5
SENTENCE = "Boil the egg for six minutes, then put it into cold water and peel it. "
STATEMENTS = """
INSERT INTO labeling_prompt
  (project_id, messages, sha256, likeness, conversation, group_name, metadata, source, language,
   use_case, split, created_at)
SELECT {project}, jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Egg ' || n)),
  hash, hash, hash, '', '{{}}', '', CASE WHEN n % 10 < 6 THEN 'en' WHEN n % 1000 = 7 THEN 'fi'
  ELSE 'de' END, '', CASE WHEN n % 5 = 0 THEN 'heldout' ELSE 'train' END, now()
FROM generate_series(1, {tasks}) n, md5({project} || ':' || n) hash;

INSERT INTO labeling_completion
  (prompt_id, text, tokens, finish_reason, sampling, seed, round_number, created_at)
SELECT id, k || ' of ' || id || ' ' || repeat('{text}', k), 100, 'stop', '{{}}', 0, 1, now()
FROM labeling_prompt, generate_series(1, 2) k WHERE project_id = {project};

INSERT INTO labeling_task
  (project_id, kind, prompt_id, language, round_number, overlap, priority, turn, state,
   free_slots, created_at)
SELECT {project}, 'ranking', id, language,
  1 + (row_number() OVER (ORDER BY id) - 1) * 10 / {tasks}, 2, 0, 0,
  'done', 0, now()
FROM labeling_prompt WHERE project_id = {project} ORDER BY id;

INSERT INTO labeling_task_completions (task_id, completion_id)
SELECT t.id, c.id FROM labeling_task t JOIN labeling_completion c USING (prompt_id)
WHERE t.project_id = {project};

INSERT INTO labeling_assignment
  (task_id, slot, purpose, annotator_id, state, lease_until, client_key, shown_order,
   draft_version, active_seconds, skip_reason, created_at)
SELECT t.id, slot, 'label', {person} + (t.id * 7 + slot * (1 + t.id % 3)) % {people}, 'submitted',
  now(), gen_random_uuid(),
  CASE WHEN random() < 0.5 THEN jsonb_build_array(c.low, c.high)
  ELSE jsonb_build_array(c.high, c.low) END, 1, 3 + (random() * 90)::int, '', now()
FROM labeling_task t, generate_series(1, 2) slot, LATERAL (
  SELECT min(completion_id) low, max(completion_id) high FROM labeling_task_completions
  WHERE task_id = t.id
) c
WHERE t.project_id = {project} ORDER BY t.id, slot;

INSERT INTO labeling_annotation
  (project_id, task_id, assignment_id, annotator_id, kind, body, shown_order, guideline_version,
   client_key, active_seconds, is_simulated, purpose, round_number, language, split, standing,
   created_at)
SELECT {project}, a.task_id, a.id, a.annotator_id, 'ranking', jsonb_build_object(
    'tiers', jsonb_build_array(
      jsonb_build_array(a.shown_order -> coin.side),
      jsonb_build_array(a.shown_order -> (1 - coin.side))
    ), 'unacceptable', '[]'::jsonb
  ), a.shown_order, 1, gen_random_uuid(), a.active_seconds, false, 'label',
  t.round_number, p.language, p.split, CASE WHEN a.id % 1000 = 0 THEN 'excluded' ELSE 'counts' END,
  now() - interval '180 days' * (1 - (a.id - m.low)::float / (m.high - m.low + 1))
FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
JOIN labeling_prompt p ON p.id = t.prompt_id
CROSS JOIN LATERAL (SELECT (a.id * 7919 % 2)::int side) coin, (
  SELECT min(x.id) low, max(x.id) high FROM labeling_assignment x JOIN labeling_task y
  ON y.id = x.task_id WHERE y.project_id = {project}
) m
WHERE t.project_id = {project} ORDER BY a.id
"""


def make_project(answers: int) -> Project:
    """A project with so many answers; its figures are not computed yet."""
    slug = f"pages-{answers}"
    project = create_project(name=slug, slug=slug, by=None, overlap=2, is_simulated=True)
    people = get_user_model().objects.bulk_create(
        get_user_model()(email=f"{slug}-{n}@example.invalid", name=f"P{n}", is_simulated=True)
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(Membership(project=project, user=user) for user in people)
    numbers = {"project": project.pk, "tasks": answers // 2, "person": people[0].pk}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in STATEMENTS.format(people=PEOPLE, text=SENTENCE, **numbers).split(";\n"):
            cursor.execute(statement)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
    return project


def pages(project: Project) -> dict[str, str]:
    """The addresses that are asked for."""
    home = f"/projects/{project.slug}/"
    answers = Annotation.objects.filter(project=project).order_by("pk")
    middle = answers[answers.count() // 2]
    day = middle.created_at.date().isoformat()
    person = middle.annotator_id
    filters = {
        "all": "",
        "in the middle": f"?before={middle.pk}",
        "one person's": f"?person={person}",
        "of the first round": "?round=1",
        "of the last round": "?round=10",
        "of one person in the first round": f"?round=1&person={person}",
        "of a kind": "?kind=ranking",
        "of a kind that nobody gave": "?kind=demonstration",
        "in a language": "?language=de",
        "in a rare language": "?language=fi",
        "in a language that is not there": "?language=sv",
        "held out": "?split=heldout",
        "excluded": "?standing=excluded",
        "sent back, of which there are none": "?standing=sent_back",
        "in at most 3 seconds": "?at_most=3",
        "in at least 1,000 seconds": "?at_least=1000",
        "of a day": f"?since={day}&until={day}",
        "before all": "?until=2020-01-01",
        "with little agreement": "?agreement=20",
        "too fast": "?flag=fast",
        "far from others, of which there are none": "?flag=far",
        "that stand out": "?flag=any",
        "with a text called unacceptable, of which there are none": "?mark=unacceptable",
        "of a task": f"?task={middle.task_id}",
    }
    return {
        **{f"answers, {name}": f"{home}labels/{query}" for name, query in filters.items()},
        "an answer": f"{home}labels/{middle.pk}/",
        "review": f"{home}review/",
        "agreement": f"{home}agreement/",
        "a person": f"{home}people/{person}/",
        "people": f"{home}members/",
        "queue": f"{home}queue/",
        "skipped": f"{home}skipped/",
    }


def measure(answers: int) -> dict[str, Any]:
    """Make the project, compute its figures, ask for each page."""
    project = make_project(answers)
    began = time.monotonic()
    refresh(project.pk)
    scratch = time.monotonic() - began
    manager = get_user_model().objects.create_user(f"{project.slug}@example.invalid", name="M")
    Membership.objects.create(project=project, user=manager, role=Role.MANAGER)
    for answer in Annotation.objects.filter(project=project).counted().order_by("pk")[:100]:
        reviewing.exclude(annotation=answer, by=manager, text="A guess.", ask_again=False)
    began = time.monotonic()
    refresh(project.pk)
    again = time.monotonic() - began
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(manager)
    found = {name: _page(client, url) for name, url in pages(project).items()}
    return {
        "from_scratch_s": round(scratch, 1),
        "a_hundred_changed_s": round(again, 1),
        "pages": found,
    }


def _page(client: Client, url: str) -> dict[str, float]:
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"{url} answers {answer.status_code}")
    seconds = []
    for _ in range(TIMES):
        began = time.monotonic()
        client.get(url)
        seconds.append(time.monotonic() - began)
    return {"queries": len(asked), "ms": round(1000 * median(seconds), 1)}


def table(found: dict[str, dict[str, Any]]) -> str:
    """For docs/benchmarks.md."""
    if not found:
        return ""
    lines = ["| page | " + " | ".join(f"{int(n):,} answers" for n in found) + " | queries |"]
    lines.append("|---" * (len(found) + 2) + "|")
    first = next(iter(found.values()))["pages"]
    for name in first:
        cells = [f"{one['pages'][name]['ms']:.0f} ms" for one in found.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {first[name]['queries']} |")
    return "\n".join(lines)


def too_slow(found: dict[str, dict[str, Any]]) -> list[str]:
    """The pages that take more than LIMIT."""
    return [
        f"{int(answers):,} answers, {name}: {page['ms']} ms"
        for answers, one in found.items()
        for name, page in one["pages"].items()
        if page["ms"] > LIMIT
    ]
