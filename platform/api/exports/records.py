"""Database rows as plain records, by key: one query for many, no model instances."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection

from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds

ROWS_AT_ONCE = 50  # of a result that PostgreSQL is still at work on

# OFFSET 0 keeps each of these a look-up by key. In a plain join PostgreSQL would read a table from
# end to end where it takes that to be cheaper than a thousand keys, and so once for each statement.
ANNOTATIONS = """
SELECT a.id, a.kind, a.annotator_id, a.body::text, a.shown_order::text, a.guideline_version,
  a.active_seconds, t.round_number, t.is_chosen,
  (SELECT content::text FROM labeling_kindsettings WHERE id = t.settings_id),
  array_to_string(a.concerns, ' '), a.comment, t.preamble_id,
  to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  m.rubric::text, m.id, m.messages::text, m.given, m.split, m.language, m.use_case, m.source,
  m.group_name, m.metadata::text,
  (
    SELECT json_agg(json_build_array(c.id, c.text, c.finish_reason,
      COALESCE(v.name, c.sampling ->> 'model', ''),
      CASE WHEN c.answer_id IS NULL THEN COALESCE(c.sampling ->> 'origin', 'model') ELSE 'human' END
      ) ORDER BY c.id)::text
    FROM labeling_task_completions l JOIN labeling_completion c ON c.id = l.completion_id
    LEFT JOIN registry_modelversion v ON v.id = c.model_version_id
    WHERE l.task_id = a.task_id
  ),
  CASE WHEN a.kind = ANY(%s::text[]) THEN COALESCE((
    SELECT json_agg(v.name ORDER BY e.number)::text
    FROM labeling_exchange e JOIN registry_modelversion v ON v.id = e.version_id
    WHERE e.assignment_id = a.assignment_id AND e.state = 'answered'
  ), (SELECT i.about ->> 'writers' FROM labeling_importedlabel i WHERE i.annotation_id = a.id)) END,
  CASE WHEN a.purpose = 'imported' THEN COALESCE((
    SELECT i.who FROM labeling_importedlabel i WHERE i.annotation_id = a.id
  ), '') ELSE '' END
FROM labeling_annotation a
CROSS JOIN LATERAL (SELECT * FROM labeling_task WHERE id = a.task_id OFFSET 0) t
CROSS JOIN LATERAL (SELECT * FROM labeling_prompt WHERE id = t.prompt_id OFFSET 0) m
WHERE a.id = ANY(%s::bigint[]) ORDER BY a.id
"""
PROMPTS = """
SELECT m.rubric::text, m.id, m.messages::text, m.given, m.split, m.language, m.use_case,
  m.source, m.group_name, m.metadata::text, m.content_warning,
  COALESCE(p.form, ''), COALESCE(p.author_id::text, '')
FROM labeling_prompt m LEFT JOIN LATERAL (
  SELECT w.form, p.author_id FROM labeling_proposal p
  JOIN labeling_wantedprompts w ON w.id = p.wanted_id WHERE p.prompt_id = m.id OFFSET 0
) p ON true
WHERE m.id = ANY(%s::bigint[]) ORDER BY m.id
"""
SKIPS = """
SELECT s.id, t.kind, s.annotator_id, t.round_number,
  to_char(s.lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  s.active_seconds, s.skip_reason, t.preamble_id,
  m.rubric::text, m.id, m.messages::text, m.given, m.split, m.language, m.use_case, m.source,
  m.group_name, m.metadata::text
FROM labeling_assignment s
CROSS JOIN LATERAL (SELECT * FROM labeling_task WHERE id = s.task_id OFFSET 0) t
CROSS JOIN LATERAL (SELECT * FROM labeling_prompt WHERE id = t.prompt_id OFFSET 0) m
WHERE s.id = ANY(%s::bigint[]) ORDER BY s.id
"""


class SkipRecord(NamedTuple):
    """What exports read of a task that somebody left to others."""

    id: int
    kind: str
    annotator: int
    round: int
    created_at: str  # ISO 8601, in UTC
    active_seconds: int
    reason: str  # as labeling.skipping stores it
    preamble: int | None
    prompt: PromptRecord


def skip_records(keys: Collection[int]) -> Iterator[SkipRecord]:
    """The skipped assignments with these keys, oldest first."""
    for row in _rows(SKIPS, keys):
        yield SkipRecord._make((*row[:8], _prompt(*row[8:])))


def prompt_records(keys: Collection[int]) -> Iterator[PromptRecord]:
    """The prompts with these keys, oldest first."""
    for row in _rows(PROMPTS, keys):
        yield _prompt(*row)


def annotation_records(keys: Collection[int]) -> Iterator[AnnotationRecord]:
    """The annotations with these keys, oldest first; completions of their tasks too."""
    loads, completion = orjson.loads, CompletionRecord._make
    live = [name for name, kind in kinds().items() if kind.is_live]
    for row in _rows(ANNOTATIONS, keys, live):
        pk, kind, annotator, body, order, version, seconds, number, chosen, *rest = row
        settings, concerns, comment, preamble, created_at, *prompt, texts, writers, who = rest
        yield AnnotationRecord(
            pk,
            kind,
            annotator,
            number,
            loads(body),
            loads(order),
            version,
            seconds,
            _prompt(*prompt),
            [completion(each) for each in loads(texts)] if texts else [],
            chosen,
            _settings(kind, settings),
            concerns,
            comment,
            preamble,
            created_at,
            writers=loads(writers) if writers else (),
            who=who,
        )


@lru_cache(maxsize=100)  # versions: there are few, and thousands of answers under each
def _settings(kind: str, content: str | None) -> Any:
    return kinds()[kind].read_settings(orjson.loads(content) if content else None)


def _prompt(rubric: str, pk: int, messages: str, given: str, *rest: Any) -> PromptRecord:
    said = [{"role": m["role"], "content": m["content"]} for m in orjson.loads(messages)]
    found = PromptRecord(pk, said, given, *rest)
    return found if rubric == "[]" else found._replace(rubric=orjson.loads(rubric))


def _rows(query: str, keys: Collection[int], *before: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of `query`, which takes `before` and the keys, each as one array.

    Each as soon as it is there.
    """
    with connection.cursor() as cursor:
        array = ",".join(map(str, keys))
        yield from cursor.cursor.stream(query, [*before, f"{{{array}}}"], size=ROWS_AT_ONCE)
