"""Markup in whatever people and programs write is inert on every page (B13)."""

from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from tests.access.rules import RULES
from tests.access.scene import Scene

pytestmark = pytest.mark.django_db
MARK = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>"
OPENED = ("<img src=x", "</script><script>alert", "onerror=alert(1)>\"'")
# What people or programs write, by model.
WRITTEN = {
    "accounts.User": ["name"],
    "jobs.Job": ["phase", "error"],
    "labeling.Annotation": ["comment"],
    "labeling.Completion": ["text"],
    "labeling.GuidelineVersion": ["text"],
    "labeling.Import": ["name", "form"],
    "labeling.Project": ["name", "description", "guidelines"],
    "labeling.Prompt": ["group_name", "source"],
    "labeling.Proposal": ["reason"],
    "labeling.Review": ["text"],
    "labeling.WantedPrompts": ["description"],
    "registry.ModelVersion": ["source", "licence"],
    "rounds.Corpus": ["name", "beginning"],
    "rounds.EvaluationSample": ["text"],
    "rounds.Reason": ["text"],
    "webhooks.Attempt": ["answer"],
    "webhooks.Endpoint": ["url"],
}
PAGES = [
    name
    for name, rule in RULES.items()
    if rule.method == "GET" and not name.startswith("api:") and name != "account_logout"
]


def soil(scene: Scene) -> None:
    """Write MARK wherever something is written."""
    for label, fields in WRITTEN.items():
        model = apps.get_model(label)
        lengths = {name: model._meta.get_field(name).max_length for name in fields}
        values = {name: MARK[:length] for name, length in lengths.items()}
        model._default_manager.update(**values)
    prompts = apps.get_model("labeling.Prompt")._default_manager
    prompts.update(
        metadata={MARK: {MARK: [MARK]}},
        messages=[{"role": "user", "content": MARK}],
        use_case=MARK[:40],
        rubric=[{"text": MARK, "points": 5}],
    )


def content_of(response: Any) -> str:
    if response.streaming:
        if getattr(response, "is_async", False):
            return ""
        return b"".join(islice(response.streaming_content, 5)).decode("utf-8", "replace")
    return str(response.content.decode("utf-8", "replace"))


def test_no_page_has_what_was_written_as_markup(scene: Scene) -> None:
    soil(scene)
    seen, opened, failed = 0, [], []
    for role in ("manager", "annotator", "admin"):
        client = Client(raise_request_exception=False)
        user = scene.people[role]
        assert user is not None
        client.force_login(user)
        for name in PAGES:
            response = client.get(reverse(name, kwargs=scene.keys[RULES[name].sign]))
            if response.status_code >= 500:
                failed.append((role, name))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                page = content_of(response)
                seen += "&lt;img src=x" in page
                opened += [(role, name) for part in OPENED if part in page]

    assert (failed, opened) == ([], [])
    assert seen > 60
