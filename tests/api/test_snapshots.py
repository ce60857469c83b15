"""Snapshots by API: frozen, listed, read label by label."""

from django.utils.dateparse import parse_datetime

from rounds.dataset_card import card
from rounds.models import Snapshot
from tests.api.caller import Caller
from tests.factories import make_annotation, make_task
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World


def test_a_snapshot_says_what_it_froze(world: World, mona: Caller) -> None:
    snapshot = Snapshot.objects.get()

    found = mona.get(f"snapshots/{snapshot.pk}")
    (listed,) = mona.get("snapshots")["items"]

    assert parse_datetime(found["created_at"]) == parse_datetime(listed["created_at"])
    common = {"id": snapshot.pk, "sha256": snapshot.sha256, "counts": snapshot.counts}
    common["filters"] = {}
    common["created_at"] = found["created_at"]
    runs = [world.runs[stage].pk for stage in ("sft", "reward", "ppo", "evaluate")]
    assert listed == common
    assert found == common | {"labels": 3, "runs": runs}


def test_labels_are_frozen_once(world: World, mona: Caller) -> None:
    (before,) = mona.get("snapshots")["items"]
    same = mona.post("snapshots")
    make_annotation(make_task(world.project))
    newer = mona.post("snapshots")

    assert same["id"] == before["id"]
    assert (newer["labels"], newer["runs"]) == (4, [])
    assert newer["counts"]["train"]["demonstrations"] == 3
    assert [each["id"] for each in mona.get("snapshots")["items"]] == [newer["id"], before["id"]]


def test_the_labels_of_a_snapshot_are_listed(world: World, mona: Caller) -> None:
    snapshot = Snapshot.objects.get()
    first = mona.get(f"snapshots/{snapshot.pk}/labels", limit=2)
    rest = mona.get(f"snapshots/{snapshot.pk}/labels", limit=2, cursor=first["next"])

    found = [*first["items"], *rest["items"]]
    times = [parse_datetime(each.pop("created_at")) for each in found]
    assert found == [
        {
            "id": label.pk,
            "kind": label.kind,
            "annotator": "Ada",
            "prompt": label.task.prompt_id,
            "split": "train",
            "round": label.task.round_number,
        }
        for label in snapshot.annotations.order_by("pk")
    ]
    assert (times == sorted(times), rest["next"]) == (True, None)


def test_only_the_labels_that_pass_a_filter_are_frozen(world: World, mona: Caller) -> None:
    whole = Snapshot.objects.get()
    ranking = whole.annotations.get(kind="ranking")

    found = mona.post("snapshots?kind=ranking&split=train")
    again = mona.post("snapshots?split=train&kind=ranking")
    split = mona.post("snapshots?split=train")

    told = {"split": "train", "kind": "ranking"}
    assert (found["labels"], found["filters"], again) == (1, told, found)
    snapshot = Snapshot.objects.get(pk=found["id"])
    assert list(snapshot.annotations.all()) == [ranking]
    assert found["counts"] == {
        "train": {"demonstrations": 0, "rankings": 1, "prompts": 3},
        "heldout": {"demonstrations": 0, "rankings": 0, "prompts": 0},
    }
    assert split["labels"] == whole.annotations.count()
    assert len({whole.sha256, found["sha256"], split["sha256"]}) == 3
    assert "- Not all labels of the project, but those of: " in card(snapshot)
    page = signed_in(world.mona).get(f"/projects/kitchen/snapshots/{snapshot.pk}/")
    assert "<code>kind = ranking</code>" in page.content.decode()


def test_filters_that_choose_no_labels_are_refused(world: World, mona: Caller) -> None:
    refused = [
        mona("post", f"snapshots?{query}")
        for query in ("pairs=best", "colour=red", "kind=nothing", "annotator=p-000000000000")
    ]

    assert [each.status_code for each in refused] == [400, 400, 422, 422]
    assert Snapshot.objects.count() == 1
