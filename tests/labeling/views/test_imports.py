"""The list of imports, and one of them undone from there."""

import json
import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from jobs.models import Job
from labeling.import_jobs import How, send_import
from labeling.models import Import, Project, Prompt, PromptUpload, Role
from tests.doing_jobs import do
from tests.factories import make_completion, make_import, make_member, make_project
from tests.labeling.views.asking import at, signed_in


def test_imports_are_listed_newest_first_and_lead_to_their_prompts(
    project: Project, mona: User
) -> None:
    for n in range(25):
        make_import(project, f"Egg {n}?", name=f"eggs-{n}.csv", form="CSV", imported_by=mona)
    make_import(make_project(), "theirs")
    client = signed_in(mona)

    page = client.get(at("prompt_imports"))
    older = client.get(at("prompt_imports") + f"?before={page.context['older']}")

    assert [row.name for row in page.context["imports"]] == [
        f"eggs-{n}.csv" for n in range(24, 4, -1)
    ]
    assert [row.left for row in older.context["imports"]] == [1] * 5
    text = page.content.decode()
    for part in ("eggs-24.csv", "CSV", "Mona", "Undo the import of “eggs-24.csv”"):
        assert part in text
    first = page.context["imports"][0]
    assert f"?imported={first.pk}" in text
    listed = client.get(at("prompts") + f"?imported={first.pk}")
    assert [prompt.last_text for prompt in listed.context["prompts"]] == ["Egg 24?"]
    shown = client.get(at("prompt", first.prompts.get().pk)).content.decode()
    assert "eggs-24.csv" in shown


def test_an_import_is_undone_or_the_reason_is_said(project: Project, mona: User) -> None:
    free, used = make_import(project, "a", "b"), make_import(project, "c")
    make_completion(used.prompts.get())
    client = signed_in(mona)

    done = client.post(at("import_undo", free.pk), follow=True).content.decode()
    refused = client.post(at("import_undo", used.pk), follow=True).content.decode()

    assert ("2 prompts are removed." in done, "Undone" in done) == (True, True)
    assert "so they stay" in refused
    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["c"]


def test_reviewers_read_and_do_not_undo(project: Project, mona: User) -> None:
    imported = make_import(project, "a")
    client = signed_in(make_member(project, "Rita", Role.REVIEWER))

    assert "Undo the import" not in client.get(at("prompt_imports")).content.decode()
    assert client.post(at("import_undo", imported.pk)).status_code == 403
    assert Prompt.objects.count() == 1


def test_the_health_of_a_file_is_shown_before_and_kept_with_the_import(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)
    raw = (
        b'{"prompt": "Write to ada@uni-ulm.de"}\n'
        b'{"messages": [{"role": "user", "content": "Egg?"},'
        b' {"role": "assistant", "content": "Six."}]}\n'
    )

    preview = client.post(at("prompts_import"), {"file": SimpleUploadedFile("eggs.jsonl", raw)})
    sent = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0}
    client.post(at("prompts_import"), {**sent, "repairs": ["leave_off_reply"]})

    page = " ".join(preview.content.decode().split())
    assert "An e-mail address: <strong>1</strong>" in page
    assert "Leave off the reply of the assistant at the end (1)" in page
    assert "Join messages" not in page
    assert list(Prompt.objects.order_by("pk").values_list("messages", flat=True)) == [
        [{"role": "user", "content": "Write to ada@uni-ulm.de"}],
        [{"role": "user", "content": "Egg?"}],
    ]
    kept = Import.objects.get().health
    assert kept == [
        {"check": "leave_off_reply", "count": 1, "lines": [2]},
        {"check": "personal_email", "count": 1, "lines": [1]},
    ]
    listed = " ".join(client.get(at("prompt_imports")).content.decode().split())
    assert "An e-mail address: <strong>1</strong>" in listed


def test_a_preview_shows_rows_as_they_will_come_in(project: Project, mona: User) -> None:
    Project.objects.update(redacts_personal=True)
    raw = b'{"prompt": "Mail ada@uni-ulm.de", "chosen": "Call +49 731 5022000", "rejected": "No"}'
    file = SimpleUploadedFile("eggs.jsonl", raw)

    page = signed_in(mona).post(at("prompts_import"), {"file": file}).content.decode()

    assert ("Mail [EMAIL]" in page, "Call [PHONE]" in page) == (True, True)
    assert ("ada@uni-ulm.de" in page, "5022000" in page) == (False, False)


def test_a_file_of_bad_lines_alone_is_imported_with_a_repair(project: Project, mona: User) -> None:
    client = signed_in(mona)
    raw = (
        b'{"messages": [{"role": "user", "content": "Egg?"},'
        b' {"role": "user", "content": "Soft."}]}\n'
    )

    preview = client.post(at("prompts_import"), {"file": SimpleUploadedFile("eggs.jsonl", raw)})
    sent = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0}
    client.post(at("prompts_import"), {**sent, "repairs": ["join_turns"]})

    assert preview.status_code == 422
    assert "Import the repaired lines" in preview.content.decode()
    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["Egg?\n\nSoft."]


def test_what_is_like_others_is_shown_and_left_out_as_is_chosen(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)
    Project.objects.update(prompts_per_user=1)
    egg = "How long do I have to boil an egg so that the yolk stays soft and the white is firm?"
    asked = [egg, egg.upper(), egg.replace("How", "Say: how"), "Ham, or bacon? Which is it?"]
    raw = b"".join(json.dumps({"prompt": text}).encode() + b"\n" for text in asked)
    raw += b'{"prompt": "Tea with milk?", "user_id": 7}\n{"prompt": "Rye bread?", "user_id": 7}\n'

    preview = client.post(at("prompts_import"), {"file": SimpleUploadedFile("eggs.jsonl", raw)})
    sent = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0, "alike": "near"}
    done = client.post(at("prompts_import"), sent, follow=True)

    page = " ".join(preview.content.decode().split())
    assert "2 prompts are nearly the same as others" in page
    assert "(1 but for white space" in page
    assert re.search(r'<li> <a href="#line-3"> Line 3: </a> <span dir="auto">.{0,80}Say: how', page)
    assert preview.context["buttons"] == {
        "all": ["Import 5 prompts", "Import 5 prompts and the repaired lines"],
        "same": ["Import 4 prompts", "Import 4 prompts and the repaired lines"],
        "near": ["Import 3 prompts", "Import 3 prompts and the repaired lines"],
    }
    assert "1 prompt is left out: its user has as many" in page
    assert '<input type="checkbox" name="by_user"' in page
    assert "3 were left out." in done.content.decode()
    stored = Prompt.objects.order_by("pk")
    assert [prompt.last_text for prompt in stored] == [egg, asked[3], "Tea with milk?"]
    assert [bool(prompt.asker) for prompt in stored] == [False, False, True]


def large(*bad: int) -> bytes:
    """A file that a job stores, with bad lines at these places."""
    asked = [{"prompt": "" if n in bad else f"Egg {n}? " + "x" * 900} for n in range(1, 1_201)]
    return b"".join(json.dumps(each).encode() + b"\n" for each in asked)


def test_a_large_file_is_looked_at_in_part_and_stored_by_a_job(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)

    preview = client.post(at("prompts_import"), {"file": SimpleUploadedFile("a.jsonl", large(3))})
    upload = PromptUpload.objects.get()
    sent = {"upload": upload.pk, "heldout_percent": 0, "keep_good": "on"}
    asked = client.post(at("prompts_import"), sent)

    page = " ".join(preview.content.decode().split())
    assert "The file has 1.1 MB. This is what its first 1000 entries hold" in page
    assert ("Import the file" in page, "Already in the project" in page) == (True, False)
    imported = Import.objects.get()
    assert asked.url == at("import_detail", imported.pk)
    waiting = client.get(asked.url).content.decode()
    assert ("It waits for a worker" in waiting, "Cancel the import" in waiting) == (True, True)
    assert 'class="badge state-queued"' in client.get(at("prompt_imports")).content.decode()

    do(Job.objects.get())

    done = client.get(asked.url).content.decode()
    assert ("Succeeded" in done, "line 3: " in done) == (True, True)
    assert (Prompt.objects.count(), PromptUpload.objects.count()) == (1_199, 0)


def test_a_large_file_with_a_bad_line_is_not_stored_and_says_why(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)
    client.post(at("prompts_import"), {"file": SimpleUploadedFile("a.jsonl", large(1_150))})
    sent = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0}
    asked = client.post(at("prompts_import"), sent)

    do(Job.objects.get())

    page = client.get(asked.url).content.decode()
    assert "Nothing is stored: 1 row is bad." in page
    assert ("line 1150: " in page, "Undo this import" in page) == (True, False)
    assert Prompt.objects.count() == 0


def test_a_new_preview_leaves_a_file_alone_that_a_job_is_to_store(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)
    client.post(at("prompts_import"), {"file": SimpleUploadedFile("a.jsonl", large())})
    kept = PromptUpload.objects.get()
    client.post(at("prompts_import"), {"upload": kept.pk, "heldout_percent": 0})

    again = client.post(at("prompts_import"), {"upload": kept.pk, "heldout_percent": 0})
    file = SimpleUploadedFile("b.jsonl", b'{"prompt": "Egg?"}')
    client.post(at("prompts_import"), {"file": file})

    assert (again.status_code, Import.objects.count()) == (404, 1)
    assert PromptUpload.objects.filter(pk=kept.pk).exists()
    do(Job.objects.get())
    assert Prompt.objects.count() == 1_200


def test_an_import_is_cancelled_from_its_page_by_managers(project: Project, mona: User) -> None:
    imported = send_import(project=project, file=BytesIO(b"{}"), name="a", by=mona, how=How())
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))
    client = signed_in(mona)

    assert "Cancel the import" not in rita.get(at("import_detail", imported.pk)).content.decode()
    assert rita.post(at("import_cancel", imported.pk)).status_code == 403
    done = client.post(at("import_cancel", imported.pk), follow=True).content.decode()
    late = client.post(at("import_cancel", imported.pk), follow=True).content.decode()

    assert "The import is cancelled: nothing of the file is stored." in done
    assert "This import has ended already." in late
    assert "It was cancelled: nothing of the file is stored." in late


def test_a_preview_says_which_prompts_have_a_rubric(project: Project, mona: User) -> None:
    raw = b'{"prompt": "a", "rubric": [{"text": "b", "points": 1}]}\n{"prompt": "c"}\n'

    page = signed_in(mona).post(at("prompts_import"), {"file": SimpleUploadedFile("a.jsonl", raw)})

    assert page.content.decode().count("Rubric: 1 item") == 1


def test_what_becomes_of_alike_prompts_of_a_large_file_is_chosen(
    project: Project, mona: User
) -> None:
    client = signed_in(mona)
    raw = large() + large().upper().replace(b'"PROMPT"', b'"prompt"')[:-1]

    def stored(**how: str) -> tuple[int, str]:
        preview = client.post(at("prompts_import"), {"file": SimpleUploadedFile("a.jsonl", raw)})
        choices = preview.context["confirm"].fields["alike"].choices
        assert [value for value, _label in choices] == ["all", "same"]
        upload = PromptUpload.objects.get()
        sent = {"upload": upload.pk, "heldout_percent": 0, **how}
        asked = client.post(at("prompts_import"), sent)
        do(Job.objects.get(state="queued"))
        page = client.get(asked.url).content.decode()
        return Prompt.objects.count(), " ".join(page.split())

    (some, said), (whole, silent) = stored(alike="same"), stored(alike="all")

    assert (some, whole) == (1_200, 2_400)
    assert "<dt>Left out: alike</dt><dd>1200</dd>" in said
    assert "Alike are prompts that differ in white space" in said
    assert "Left out" not in silent
