"""What was imported, by API."""

import pytest

from labeling.models import Role
from tests.api.kitchen import bearer
from tests.factories import make_import, make_member, make_project

pytestmark = pytest.mark.django_db


def test_imports_come_newest_first_a_page_at_a_time(client):
    project = make_project()
    rita = make_member(project, "Rita", Role.REVIEWER)
    made = [make_import(project, name=f"{n}.csv", form="CSV") for n in range(102)]
    make_import(make_project())
    made[-1].imported_by = rita
    made[-1].health = found = [{"check": "personal_email", "count": 1, "lines": [7]}]
    made[-1].save()
    path, head = f"/api/v1/projects/{project.slug}/imports", bearer(rita)

    first = client.get(f"{path}?limit=100", headers=head).json()
    rest = client.get(f"{path}?limit=100&cursor={first['next']}", headers=head).json()

    assert first["items"][0] == {
        "id": made[-1].pk,
        "name": "101.csv",
        "form": "CSV",
        "rows": 1,
        "created": 1,
        "health": found,
        "imported_by": "Rita",
        "created_at": first["items"][0]["created_at"],
        "undone_at": None,
    }
    assert [row["id"] for row in first["items"]] == [row.pk for row in made[:1:-1]]
    assert ([row["id"] for row in rest["items"]], rest["next"]) == (
        [made[1].pk, made[0].pk],
        None,
    )
    assert client.get(f"{path}?cursor=x", headers=head).status_code == 400
    annotator = make_member(project, "Ada", Role.ANNOTATOR)
    assert client.get(path, headers=bearer(annotator)).status_code == 403
