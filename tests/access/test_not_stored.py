"""What people wrote stays in no browser's cache: shared machines outlive a sign-out."""

import pytest

from tests.access.rules import RULES, ask

pytestmark = pytest.mark.django_db
WRITTEN = "A text that somebody wrote as a label"
SAMPLES = "policy v1 says"


@pytest.mark.parametrize("person", ["annotator", "manager"])
def test_pages_with_labels_are_not_stored(scene, person: str) -> None:
    world = scene.world
    for kind, text in (("demonstration", {"text": WRITTEN}), ("correction", {"text": WRITTEN})):
        for label in world.ada.annotations.filter(kind=kind):
            label.body |= text
            label.save()
    world.project.tasks.first().completions.update(text=WRITTEN)

    shown, stored = [], []
    for name, rule in RULES.items():
        if rule.method != "GET":
            continue
        response = ask(name, rule, scene.keys[rule.sign], scene.people[person])
        if response.streaming:
            continue
        page = response.content.decode(errors="replace")
        if WRITTEN in page or SAMPLES in page:
            shown.append(name)
            if "no-store" not in response.get("Cache-Control", ""):
                stored.append(name)

    assert stored == []
    by_api = [name for name in shown if name.startswith("api:")]
    pages = [name for name in shown if name not in by_api]
    manages = ["golds", "labels", "evaluation", "label"]
    assert pages == {"annotator": ["history", "answer"], "manager": manages}[person]
    assert by_api
