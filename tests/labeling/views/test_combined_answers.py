"""The page of an answer in several steps: each as its kind shows it, with its kind's styles."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from labeling import kind_settings
from labeling.kinds import kinds
from labeling.models import Project
from tests.factories import make_annotation, make_task
from tests.labeling.views.asking import signed_in

STEPS = ["rules", "ranking"]


def test_each_step_is_shown_as_its_kind_does(project: Project, ada: User, mona: User) -> None:
    content: dict[str, Any] = kinds()["combined"].read_settings(None).model_dump(mode="json")
    content |= {"steps": [{"kind": name} for name in STEPS]}
    kind_settings.change(
        project=project, kind="combined", content=content, number=1, by=mona, open_tasks=False
    )
    task = make_task(project, "combined", texts=["Six minutes.", "An hour."])
    names = [rule["name"] for rule in content["rules"]["rules"]]
    said = [
        {"completion": pk, "answers": dict.fromkeys(names, "followed")}
        for pk in task.completion_ids
    ]
    said[1]["answers"] |= {names[0]: "broken"}
    tiers = [[pk] for pk in task.completion_ids]
    body = {"parts": {"rules": {"texts": said}, "ranking": {"tiers": tiers, "unacceptable": []}}}
    clean = kinds()["combined"].validate(task, body)
    answer = make_annotation(task, clean, annotator=ada)

    own = signed_in(ada).get(reverse("answer", args=["kitchen", answer.pk]))
    reviewed = signed_in(mona).get(reverse("label", args=["kitchen", answer.pk]))

    for page in (own, reviewed):
        text = page.content.decode()
        assert page.status_code == 200
        assert "<strong>A &gt; B</strong>" in text  # a ranking is one line
        assert str(content["rules"]["rules"][0]["text"]) in text
        for name in [*STEPS, "combined"]:
            assert f"labeling/kinds/{name}/form.css" in text
