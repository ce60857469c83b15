"""A project of any number of answers for benchmarks.labeling_pages: by statements in the database.

Two answers a task, by 40 people in ten rounds and half a year, in three languages. Every tenth
prompt's two texts are by two models. Half as many tasks again are open, of three kinds. Every five
hundredth task of the first round was chosen where reward models differ. Every twentieth answer is a
spot check; reviewers found every fortieth right. Every nineteenth has been measured against another
one: some of each person's, wherever the ids begin. Ten thousand acts are in the audit, and two
ballots of five thousand prompts.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from labeling.models import Membership, Project
from labeling.projects import create_project
from registry.models import ModelVersion
from rounds.models import Ballot

PEOPLE = 40
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
  (prompt_id, text, tokens, finish_reason, sampling, seed, round_number, model_version_id,
   created_at)
SELECT id, k || ' of ' || id || ' ' || repeat('{text}', k), 100, 'stop', '{{}}', 0, 1,
  CASE WHEN id % 10 = 0 AND k = 2 THEN {newer} ELSE {older} END, now()
FROM labeling_prompt, generate_series(1, 2) k WHERE project_id = {project};

INSERT INTO labeling_task
  (project_id, kind, prompt_id, language, round_number, overlap, priority, turn, state,
   free_slots, is_chosen, created_at)
SELECT {project}, 'ranking', id, language,
  1 + (n - 1) * 10 / {tasks}, 2, 0, 0, 'done', 0,
  n % 100 = 1 AND (n - 1) * 10 < {tasks}, now()
FROM (
  SELECT *, row_number() OVER (ORDER BY id) n FROM labeling_prompt WHERE project_id = {project}
) p ORDER BY id;

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
   client_key, active_seconds, is_simulated, purpose, round_number, is_chosen, language, split,
   standing, created_at)
SELECT {project}, a.task_id, a.id, a.annotator_id, 'ranking', jsonb_build_object(
    'tiers', jsonb_build_array(
      jsonb_build_array(a.shown_order -> coin.side),
      jsonb_build_array(a.shown_order -> (1 - coin.side))
    ), 'unacceptable', '[]'::jsonb
  ), a.shown_order, 1, gen_random_uuid(), a.active_seconds, false, 'label',
  t.round_number, t.is_chosen, p.language, p.split,
  CASE WHEN a.id % 1000 = 0 THEN 'excluded' ELSE 'counts' END,
  now() - interval '180 days' * (1 - (a.id - m.low)::float / (m.high - m.low + 1))
FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
JOIN labeling_prompt p ON p.id = t.prompt_id
CROSS JOIN LATERAL (SELECT (a.id * 7919 % 2)::int side) coin, (
  SELECT min(x.id) low, max(x.id) high FROM labeling_assignment x JOIN labeling_task y
  ON y.id = x.task_id WHERE y.project_id = {project}
) m
WHERE t.project_id = {project} ORDER BY a.id;

INSERT INTO labeling_task
  (project_id, kind, prompt_id, language, round_number, overlap, priority, turn, state,
   free_slots, created_at)
SELECT {project}, (ARRAY['ranking', 'comparison', 'demonstration'])[1 + id % 3], id, language,
  11 - id % 2, 2, 11, 0, 'open', 2, now()
FROM labeling_prompt WHERE project_id = {project} AND id % 2 = 0 ORDER BY id;

INSERT INTO labeling_assignment
  (task_id, slot, purpose, annotator_id, state, lease_until, client_key, shown_order,
   draft_version, active_seconds, skip_reason, created_at)
SELECT id, 1, 'label', {person} + id % {people}, CASE WHEN id % 100 = 0 THEN 'active'
  ELSE 'skipped' END, now(), gen_random_uuid(), '[]', 0, 0, 'unclear', now()
FROM labeling_task WHERE project_id = {project} AND state = 'open' AND id % 50 = 0;

INSERT INTO labeling_review (annotation_id, actor_id, verb, text, created_at)
SELECT id, {person}, 'approved', '', now()
FROM labeling_annotation WHERE project_id = {project} AND id % 40 = 0;

INSERT INTO labeling_reviewsettings (project_id, spot_percent, salt, drawn_to)
VALUES ({project}, 5, 'salt', 0);

INSERT INTO labeling_reviewitem (project_id, annotation_id, queue, outcome, done_at, created_at)
SELECT {project}, id, 'spot', CASE WHEN id % 40 = 0 THEN 'approved' ELSE '' END,
  CASE WHEN id % 40 = 0 THEN now() END, now()
FROM labeling_annotation WHERE project_id = {project} AND id % 20 = 0;

INSERT INTO labeling_checkscore
  (annotation_id, against_id, project_id, annotator_id, purpose, kind, agreement)
SELECT id, id, {project}, annotator_id, 'repeat', kind, 0.5 + id % 3 / 4.0
FROM labeling_annotation WHERE project_id = {project} AND id % 19 = 1;

INSERT INTO accounts_auditentry (actor_id, action, target, details, project, created_at)
SELECT {person} + n % {people}, 'tasks.overlap', 'labeling.Project:' || {project},
  '{{"tasks": 1, "overlap": 2}}', {project}, now() FROM generate_series(1, 10000) n;

INSERT INTO rounds_question (ballot_id, task_id, older_id, newer_id)
SELECT CASE WHEN n <= 5000 THEN {ballot} ELSE {last_ballot} END, id, {older}, {newer} FROM (
  SELECT id, row_number() OVER (ORDER BY id) n FROM labeling_task
  WHERE project_id = {project} AND state = 'open' AND kind = 'comparison'
) t WHERE n <= 10000
"""


def make_project(answers: int) -> Project:
    """A project with so many answers; its figures are not computed yet."""
    slug = f"pages-{answers}"
    project = create_project(name=slug, slug=slug, by=None, overlap=2)
    people = get_user_model().objects.bulk_create(
        get_user_model()(email=f"{slug}-{n}@example.invalid", name=f"P{n}", is_simulated=True)
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(Membership(project=project, user=user) for user in people)
    keys = {"project": project.pk, "tasks": answers // 2, "person": people[0].pk, "people": PEOPLE}
    keys |= _models(project)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in STATEMENTS.format(text=SENTENCE, **keys).split(";\n"):
            cursor.execute(statement)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
    return project


def _models(project: Project) -> dict[str, Any]:
    """Two models, and two ballots about them."""
    older, newer = (
        ModelVersion.objects.create(
            family=project.family,
            kind=ModelVersion.Kind.POLICY,
            number=number,
            name=f"policy v{number}",
            sha256="0" * 64,
            uri="",
            manifest={},
        )
        for number in (1, 2)
    )
    ballots = [Ballot.objects.create(project=project) for _ in range(2)]
    for ballot in ballots:
        ballot.versions.set([older, newer])
    return {
        "older": older.pk,
        "newer": newer.pk,
        "ballot": ballots[0].pk,
        "last_ballot": ballots[1].pk,
    }
