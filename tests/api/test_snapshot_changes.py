"""What changed between two snapshots, by API."""

import pytest

from labeling.models import Annotation, Role
from rounds.snapshots import freeze
from tests.api.kitchen import bearer
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task

pytestmark = pytest.mark.django_db
SNAPSHOTS = "/api/v1/projects/kitchen/snapshots"


def test_two_snapshots_are_compared_label_by_label(client):
    project = make_project("kitchen")
    headers = bearer(make_member(project, role=Role.MANAGER))
    heldout = make_prompt(project, split="heldout")
    kept = make_annotation(make_task(project, "ranking"))
    gone = make_annotation(make_task(project))
    earlier = freeze(project)
    Annotation.objects.filter(pk=gone.pk).update(standing="excluded")
    new = [make_annotation(make_task(project, "ranking", prompt=heldout)) for _ in range(2)]
    later = freeze(project)
    other = make_annotation(make_task(make_project("other")))

    path = f"{SNAPSHOTS}/{earlier.pk}/changes/{later.pk}"
    found = client.get(path, headers=headers).json()
    labels = client.get(f"{path}/labels?limit=2", headers=headers).json()
    rest = client.get(f"{path}/labels?cursor={labels['next']}", headers=headers).json()
    back = client.get(f"{SNAPSHOTS}/{later.pk}/changes/{earlier.pk}", headers=headers).json()
    same = client.get(f"{SNAPSHOTS}/{later.pk}/changes/{later.pk}", headers=headers).json()

    def group(kind, split, *counts):
        names = ("added", "removed", "kept")
        return {"kind": kind, "split": split, **dict(zip(names, counts, strict=True))}

    assert found == {
        "earlier": earlier.pk,
        "later": later.pk,
        "added": 2,
        "removed": 1,
        "kept": 1,
        "groups": [
            group("demonstration", "train", 0, 1, 0),
            group("ranking", "heldout", 2, 0, 0),
            group("ranking", "train", 0, 0, 1),
        ],
    }
    assert [
        (row["id"], row["kind"], row["split"], row["round"], row["change"])
        for row in labels["items"] + rest["items"]
    ] == [
        (gone.pk, "demonstration", "train", 1, "removed"),
        *((each.pk, "ranking", "heldout", 1, "added") for each in new),
    ]
    assert rest["next"] is None
    assert (back["added"], back["removed"], back["kept"]) == (1, 2, 1)
    assert (same["added"], same["removed"], same["kept"]) == (0, 0, 3)
    assert {kept.pk, other.pk}.isdisjoint(row["id"] for row in labels["items"])


def test_a_snapshot_of_another_project_is_not_there(client):
    project, other = make_project("kitchen"), make_project("other")
    headers = bearer(make_member(project, role=Role.MANAGER))
    own, foreign = freeze(project), freeze(other)

    for one, two in ((own.pk, foreign.pk), (foreign.pk, own.pk), (own.pk, 10**9)):
        path = f"{SNAPSHOTS}/{one}/changes/{two}"
        assert client.get(path, headers=headers).status_code == 404
        assert client.get(f"{path}/labels", headers=headers).status_code == 404
