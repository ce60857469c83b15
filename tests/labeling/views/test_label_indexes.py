"""Lists of answers are read by indexes, however many answers there are."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from labeling.answer_filter import AnswerFilter
from labeling.models import Annotation, Project, Role
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, signed_in


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("round=9", "labeling_by_round"),
        ("round=9&person={person}", "labeling_by_round"),  # and few of the person's are read
        ("language=sv", "labeling_by_language"),
        ("kind=ranking", "labeling_by_kind"),
        ("at_least=99", "labeling_by_seconds"),
        ("standing=excluded", "labeling_by_standing"),
        ("split=heldout", "labeling_heldout_answers"),
        ("until=2020-01-01", "labeling_recent_answers"),
        ("choice=chosen", "labeling_chosen_answers"),
        ("concern=any", "labeling_concerned_answers"),
        ("concern=unsafe", "labeling_concerned_answers"),
    ],
)
def test_the_rarest_answers_are_found_by_an_index(project: Project, asked: str, index: str) -> None:
    task = make_task(project)
    first = make_annotation(task)
    Annotation.objects.bulk_create(
        Annotation(
            project=project,
            task=task,
            assignment=first.assignment,
            annotator=first.annotator,
            kind="demonstration",
            body={"text": "Six. " * 50},
            guideline_version=1,
            standing="surplus",
            round_number=1,
            language="en",
            split="train",
        )
        for _ in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_annotation")
    query = asked.format(person=first.annotator_id)
    form = AnswerFilter(QueryDict(query), project=project)
    assert form.is_valid()

    plan = form.answers().order_by("-pk")[:51].explain()

    assert f"using {index}" in plan or f"on {index}" in plan


def test_a_list_of_an_early_round_reads_its_index_alone(project: Project) -> None:
    """Rounds follow each other: on the way through all answers every later one was read."""
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))
    task = make_task(project, round_number=1)
    make_annotation(task, standing="surplus", body={"text": "Six. " * 50})
    drawn = {"id", "round_number", "client_key"}
    same = ", ".join(f.column for f in Annotation._meta.concrete_fields if f.column not in drawn)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO labeling_annotation ({same}, round_number, client_key)"  # noqa: S608
            f" SELECT {same}, 1 + n / 2000, gen_random_uuid()"
            " FROM labeling_annotation, generate_series(1, 19999) n ORDER BY n"
        )
        cursor.execute("ANALYZE labeling_annotation")
        # As VACUUM leaves the table, which cannot be run in a test's transaction.
        cursor.execute(
            "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text,"
            " 'relpages', relpages, 'reltuples', reltuples, 'relallvisible', relpages)"
            " FROM pg_class WHERE relname = 'labeling_annotation'"
        )
        with CaptureQueriesContext(connection) as captured:
            page = rita.get(at("labels") + "?round=1")
        (asked,) = [one["sql"] for one in captured if '"round_number" = 1' in one["sql"]]
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert page.status_code == 200
    assert "Index Only Scan Backward using labeling_by_round" in plan
