"""Who has answered in a project, read without reading the answers."""

import re

from django.db import connection

from accounts.models import User
from labeling.answering import people_of
from labeling.models import Annotation, Project
from tests.factories import make_annotation, make_member, make_project, make_task


def test_those_who_answered_in_the_project_by_name(project: Project, ada: User, bob: User) -> None:
    assert list(people_of(project)) == []

    make_annotation(make_task(project), annotator=bob)
    make_annotation(make_task(project), annotator=ada, standing="excluded")
    make_annotation(make_task(make_project("elsewhere")), annotator=make_member(project))

    assert list(people_of(project)) == [ada, bob]


def test_an_index_is_read_from_person_to_person(project: Project, ada: User, bob: User) -> None:
    task = make_task(project)
    first = make_annotation(task, annotator=ada)
    make_annotation(make_task(project), annotator=bob)
    Annotation.objects.bulk_create(
        Annotation(
            project=project,
            task=task,
            assignment=first.assignment,
            annotator=ada,
            kind="demonstration",
            body={"text": "Six."},
            guideline_version=1,
            standing="surplus",
            round_number=1,
        )
        for _ in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_annotation")

    plan = people_of(project).explain(analyze=True, timing=False)

    reads = re.findall(r"Scan.* on labeling_annotation .*\(actual rows=(\d+)", plan)
    assert "labeling_persons_answers" in plan
    assert reads
    assert max(map(int, reads)) <= 1
