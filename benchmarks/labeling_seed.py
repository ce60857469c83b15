"""A project of any size for the labeling benchmark, made by a few statements in the database."""

import secrets
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from accounts.models import User
from labeling.models import Membership, Project
from labeling.projects import create_project

OVERLAP = 3
SENTENCE = "Boil the egg for six minutes, then put it into cold water and peel it. "

# The older half is done, as in a project that people have worked on.
STATEMENTS = """
INSERT INTO labeling_prompt
  (project_id, messages, sha256, likeness, conversation, group_name, metadata, source, language,
   use_case, split, created_at)
SELECT {project}, jsonb_build_array(jsonb_build_object(
    'role', 'user', 'content', 'How do I boil egg number ' || n || ' of this week?'
  )), hash, hash, hash, '', '{{}}', '', 'en', '', 'train', now()
FROM generate_series(1, {tasks}) n, md5({project} || ':' || n) hash;

INSERT INTO labeling_completion
  (prompt_id, text, tokens, finish_reason, sampling, seed, round_number, created_at)
SELECT id, k || ' of ' || id || ' {text}', 100, 'stop', '{{}}', 0, 1, now()
FROM labeling_prompt, generate_series(1, 2) k WHERE project_id = {project};

INSERT INTO labeling_task
  (project_id, kind, prompt_id, round_number, overlap, priority, turn, state, free_slots,
   created_at)
SELECT {project}, 'ranking', id, 1, {overlap}, 0, 0,
  CASE WHEN row_number() OVER (ORDER BY id) > {tasks} / 2 THEN 'open' ELSE 'done' END,
  CASE WHEN row_number() OVER (ORDER BY id) > {tasks} / 2 THEN {overlap} ELSE 0 END, now()
FROM labeling_prompt WHERE project_id = {project} ORDER BY id;

INSERT INTO labeling_task_completions (task_id, completion_id)
SELECT t.id, c.id FROM labeling_task t JOIN labeling_completion c USING (prompt_id)
WHERE t.project_id = {project};
"""


def make_project(tasks: int) -> Project:
    """A project with `tasks` rankings of two completions of 80 words; the older half is done."""
    slug = f"bench-{tasks}-{secrets.token_hex(3)}"
    project = create_project(name=slug, slug=slug, by=None, overlap=OVERLAP, is_simulated=True)
    text = SENTENCE * 5 + "Serve warm."  # 80 words with its number
    with connection.cursor() as cursor:
        for statement in STATEMENTS.format(
            project=int(project.pk), tasks=int(tasks), text=text, overlap=OVERLAP
        ).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    return project


def add_annotators(project: Project, count: int) -> list[str]:
    """New members of the project; the session key of each."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = []
    for _ in range(count):
        email = f"{secrets.token_hex(6)}@example.invalid"
        user = User.objects.create(email=email, name="Bench", password="!", is_simulated=True)
        Membership.objects.create(project=project, user=user)
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        keys.append(str(session.session_key))
    return keys
