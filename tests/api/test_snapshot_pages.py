"""The pages of snapshots: a list, frozen by filters, and what changed between two."""

from typing import Any

from accounts.models import AuditEntry
from labeling.models import Annotation
from rounds.models import Snapshot
from rounds.snapshots import freeze
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World

SNAPSHOTS = "/projects/kitchen/snapshots/"


def test_the_labels_that_pass_filters_are_frozen_from_the_page(world: World) -> None:
    client, (whole,) = signed_in(world.mona), Snapshot.objects.all()
    fields = {"kind": "ranking", "split": "train", "language": "", "since": ""}

    answer = client.post(f"{SNAPSHOTS}freeze/", fields, follow=True)

    frozen = Snapshot.objects.get(filters={"kind": "ranking", "split": "train"})
    assert answer.redirect_chain == [(f"{SNAPSHOTS}{frozen.pk}/", 302)]
    assert "The labels are frozen." in answer.content.decode()
    assert list(frozen.annotations.all()) == list(whole.annotations.filter(kind="ranking"))
    entry = AuditEntry.objects.get(action="snapshot.frozen")
    assert (entry.actor, entry.project) == (world.mona, world.project.pk)
    assert entry.details == {"sha256": frozen.sha256}

    again = client.post(f"{SNAPSHOTS}freeze/", fields, follow=True)
    assert again.redirect_chain == answer.redirect_chain
    assert "this snapshot holds the same labels" in again.content.decode()
    refused = client.post(f"{SNAPSHOTS}freeze/", {"pairs": "best"})
    assert (refused.status_code, Snapshot.objects.count()) == (400, 2)


def test_the_list_has_rows_filters_and_runs(world: World) -> None:
    client, (whole,) = signed_in(world.mona), Snapshot.objects.all()
    client.post(f"{SNAPSHOTS}freeze/", {"kind": "ranking"})
    newer = Snapshot.objects.exclude(pk=whole.pk).get()

    page = client.get(SNAPSHOTS)

    assert [
        (row.snapshot.pk, row.demonstrations, row.rankings, row.snapshot.trained)
        for row in page.context["rows"]
    ] == [(newer.pk, 0, 1, 0), (whole.pk, 2, 2, 4)]
    text = " ".join(page.content.decode().split())
    assert "kind=ranking" in text
    assert f'name="earlier" value="{whole.pk}" required checked' in text
    assert f'name="later" value="{newer.pk}" required checked' in text
    export = client.get("/projects/kitchen/export/").content.decode()
    assert f'href="{SNAPSHOTS}"' in export


def test_two_of_the_list_are_compared(world: World) -> None:
    client = signed_in(world.mona)
    (whole,) = Snapshot.objects.all()

    def asked(query: dict[str, Any]) -> tuple[int, str]:
        answer = client.get(SNAPSHOTS, query)
        return answer.status_code, answer.headers.get("Location", "")

    two = {"earlier": whole.pk, "later": whole.pk}
    assert asked(two) == (302, f"{SNAPSHOTS}{whole.pk}/changes/{whole.pk}/")
    assert asked({"earlier": whole.pk}) == (200, "")
    assert asked({"earlier": "x", "later": "9" * 40}) == (200, "")


def test_what_changed_is_shown_label_by_label(artifact_folders: None, db: None) -> None:
    project = make_project("kitchen")
    mona = make_member(project, "Mona", role="manager")
    heldout = make_prompt(project, split="heldout")
    kept = make_annotation(make_task(project, "ranking"))
    gone = make_annotation(make_task(project))
    earlier = freeze(project)
    Annotation.objects.filter(pk=gone.pk).update(standing="excluded")
    new = [make_annotation(make_task(project, "ranking", prompt=heldout)) for _ in range(51)]
    later = freeze(project)
    client, path = signed_in(mona), f"{SNAPSHOTS}{earlier.pk}/changes/{later.pk}/"

    page = client.get(path)
    rest = client.get(path, {"after": page.context["next"]})

    assert page.context["sums"] == {"added": 51, "removed": 1, "kept": 1}
    assert [
        (kind, split, group.added, group.removed, group.kept)
        for kind, split, group in page.context["groups"]
    ] == [
        ("Demonstration", "Training", 0, 1, 0),
        ("Ranking", "Held-out", 51, 0, 0),
        ("Ranking", "Training", 0, 0, 1),
    ]
    shown = [*page.context["labels"], *rest.context["labels"]]
    assert [(label.pk, label.is_there) for label in shown] == [
        (gone.pk, False),
        *((label.pk, True) for label in new),
    ]
    assert kept.pk not in {label.pk for label in shown}
    own = client.get(f"{SNAPSHOTS}{later.pk}/").content.decode()
    assert f'href="{path}"' in own
    assert "/changes/" not in client.get(f"{SNAPSHOTS}{earlier.pk}/").content.decode()
    other = freeze(make_project("other"))
    foreign = f"{SNAPSHOTS}{earlier.pk}/changes/{other.pk}/"
    assert client.get(foreign).status_code == 404


def test_the_card_is_read_in_the_browser(world: World) -> None:
    (whole,) = Snapshot.objects.all()

    card = signed_in(world.mona).get(f"{SNAPSHOTS}{whole.pk}/card/")

    assert card.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert card.headers["Content-Disposition"] == 'inline; filename="README.md"'
    assert card.content.decode().startswith("---\n")
