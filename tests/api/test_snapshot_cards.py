"""The dataset card and the folder of a snapshot by API."""

from django.conf import settings

from rounds.dataset_card import card
from rounds.models import Snapshot
from tests.api.caller import Caller
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World


def test_page_and_api_give_the_same_card(world: World, mona: Caller) -> None:
    snapshot = Snapshot.objects.get()
    page = signed_in(world.mona).get(f"/projects/kitchen/snapshots/{snapshot.pk}/card/")
    answer = mona("get", f"snapshots/{snapshot.pk}/card")

    assert page.content.decode() == answer.content.decode() == card(snapshot)
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="README.md"'


def test_a_folder_that_is_not_whole_is_refused_before_it_begins(world: World, mona: Caller) -> None:
    snapshot = Snapshot.objects.get()
    (settings.ARTIFACTS / snapshot.uri / "rankings.parquet").write_bytes(b"cut")

    answer = mona("get", f"snapshots/{snapshot.pk}/folder")

    assert (answer.status_code, answer.json()["type"]) == (503, "missing_files")
