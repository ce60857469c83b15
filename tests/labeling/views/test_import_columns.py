"""A file whose columns are called otherwise, on the page of imports."""

import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from labeling import uploads
from labeling.models import Import, ImportedLabel, Project, Prompt, PromptUpload, Role
from tests.doing_jobs import do
from tests.factories import make_member, make_project
from tests.labeling.views.asking import at, signed_in

TABLE = "Aufgabe,besser,schlechter,Nr\nEgg?,Six.,An hour.,7\nRice?,Ten.,A day.,8\n"


def sent(client: Client, text: str = TABLE):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("eggs.csv", text.encode())
    return client.post(at("prompts_import"), {"file": file})


def named(client: Client, *ours: str):  # type: ignore[no-untyped-def]
    fields = {f"column_{number}": name for number, name in enumerate(ours)}
    upload = PromptUpload.objects.get().pk
    return client.post(at("prompts_import"), {"columns": "", "upload": upload, **fields})


def shown(page) -> bool | None:  # type: ignore[no-untyped-def]
    """Whether the columns are asked for at once; None where they are not at all."""
    found = re.search(r'<details class="card"( open)?>', page.content.decode())
    return found and found[1] is not None


def test_a_table_of_unknown_names_asks_what_they_are_and_is_imported(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)

    refused = sent(client)
    fields = [field.label for field in refused.context["columns_form"].visible_fields()]
    assert (refused.status_code, shown(refused)) == (422, True)
    assert fields == ["Aufgabe", "besser", "schlechter", "Nr"]

    preview = named(client, "prompt", "chosen", "rejected", "")
    assert (preview.status_code, shown(preview)) == (200, False)
    said = preview.context["columns_form"].initial
    assert [said[f"column_{n}"] for n in range(4)] == ["prompt", "chosen", "rejected", ""]

    upload = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": upload, "heldout_percent": 0})
    prompts = [(row.last_text, row.metadata) for row in Prompt.objects.order_by("pk")]
    assert prompts == [("Egg?", {"Nr": "7"}), ("Rice?", {"Nr": "8"})]
    assert (ImportedLabel.objects.count(), PromptUpload.objects.count()) == (2, 0)


def test_a_large_file_keeps_the_names_for_its_job(
    project: Project, mona: User, monkeypatch
) -> None:
    monkeypatch.setattr("labeling.views.prompts_import.LARGE", 10)
    client = signed_in(mona)
    sent(client)
    named(client, "prompt", "chosen", "rejected")

    upload = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": upload, "heldout_percent": 0})
    job = Import.objects.get().job
    assert job is not None
    do(job)

    assert sorted(Prompt.objects.values_list("metadata__Nr", flat=True)) == ["7", "8"]
    assert ImportedLabel.objects.count() == 2


def test_what_is_said_of_columns_can_be_wrong_and_is_not_lost(project: Project, mona: User) -> None:
    client = signed_in(mona)
    sent(client)

    twice = named(client, "prompt", "prompt")
    other = named(client, "", "chosen")  # no prompt then

    assert (twice.status_code, shown(twice)) == (422, True)
    assert "Two columns are named “prompt”." in twice.content.decode()
    chosen = re.findall(r'<option value="(\w+)" selected>', twice.content.decode())
    assert chosen == ["prompt", "prompt"]
    assert (other.status_code, shown(other), Prompt.objects.count()) == (422, True, 0)


def test_files_of_others_and_what_is_none_are_not_found(project: Project, mona: User) -> None:
    client = signed_in(mona)
    other = make_member(make_project("theirs"), "Olga", Role.MANAGER)
    uploads.keep_upload(project=project, file=BytesIO(TABLE.encode()), name="a", by=other)

    statuses = [
        client.post(at("prompts_import"), {"columns": "", "upload": key}).status_code
        for key in (str(PromptUpload.objects.get().pk), "x", "²", "9" * 30, "")
    ]
    statuses.append(client.post(at("prompts_import"), {"columns": ""}).status_code)

    assert statuses == [404] * 6


def test_a_file_without_columns_is_not_kept(project: Project, mona: User) -> None:
    page = sent(signed_in(mona), "PK\x03\x04")

    assert (page.status_code, shown(page), PromptUpload.objects.count()) == (422, None, 0)
