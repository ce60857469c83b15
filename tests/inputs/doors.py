"""The doors through which files come in: pages, operations of the API, the client."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from labeling.models import GoldUpload, Project, PromptUpload
from rondo_client.errors import ApiError, ImportRefusedError
from rounds.corpora import storing
from rounds.models import Corpus
from tests.api.kitchen import bearer
from tests.client.served import client_of
from tests.doing_jobs import do


@dataclass(frozen=True)
class Said:
    """An answer. text: all that it says, as people read it."""

    status: int
    text: str


Send = Callable[[Project, User, bytes, str], Said]


@dataclass(frozen=True)
class Door:
    """One door. send: a file of this name; what is good is stored where the door stores it.

    row: a good one that holds this text. stored: such texts as came in. tables, parquet: whether
    it takes such files.
    """

    send: Send
    row: Callable[[str], dict[str, Any]]
    stored: Callable[[Project], list[str]]
    tables: bool = True
    parquet: bool = True

    def lines(self, *texts: str) -> str:
        """Good rows as lines of JSON."""
        return "".join(f"{json.dumps(self.row(text), ensure_ascii=False)}\n" for text in texts)


def _prompt(text: str) -> dict[str, Any]:
    return {"prompt": text, "use_case": "chat"}


def _pair(text: str) -> dict[str, Any]:
    return {"prompt": text, "chosen": "Six.", "rejected": "An hour."}


def _gold(text: str) -> dict[str, Any]:
    return {"prompt": text, "kind": "demonstration", "answer": {"text": "Six."}}


def _of_corpus(text: str) -> dict[str, Any]:
    return {"text": text}


def _prompts(project: Project) -> list[str]:
    return [prompt.last_text for prompt in project.prompts.order_by("pk")]


def _corpora(project: Project) -> list[str]:
    found = Corpus.objects.filter(project=project)
    return [row["text"] for corpus in found for row in storing.read(corpus)]


def _page(path: str, upload: Any = None) -> Send:
    """A page below the project's. upload: the model of what waits to be confirmed."""

    def send(project: Project, user: User, raw: bytes, name: str) -> Said:
        client, address = Client(), f"/projects/{project.slug}/{path}/"
        client.force_login(user)
        answer = client.post(address, {"file": SimpleUploadedFile(name, raw)}, follow=True)
        if upload and answer.status_code == 200:
            waiting = upload.objects.get().pk
            said = {"upload": waiting, "heldout_percent": 0}
            answer = client.post(address, said, follow=True)
        return Said(answer.status_code, html.unescape(answer.content.decode()))

    return send


def _api(path: str) -> Send:
    """An operation of the API below the project's."""

    def send(project: Project, user: User, raw: bytes, name: str) -> Said:
        answer = Client().post(
            f"/api/v1/projects/{project.slug}/{path}",
            {"file": SimpleUploadedFile(name, raw)},
            headers=bearer(user, scope="write"),
        )
        problem = answer.json()
        if answer.status_code == 202:
            return _stored_by_job(project, problem["id"])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert problem.keys() == {"type", "title", "status", "detail", "errors", "request_id"}
        errors = [f"{each['field']}: {each['message']}" for each in problem.get("errors", [])]
        return Said(answer.status_code, "\n".join([str(problem.get("detail")), *errors]))

    return send


def _stored_by_job(project: Project, pk: int) -> Said:
    """What an import says once its job is done."""
    imported = project.imports.select_related("job").get(pk=pk)
    assert imported.job
    job = do(imported.job)
    imported.refresh_from_db()
    said = [job.details, *(each["said"] for each in imported.errors)]
    return Said(200 if imported.is_stored else 422, "\n".join(said))


def _client(project: Project, user: User, raw: bytes, name: str) -> Said:
    """Python's client."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        client = client_of(user)
        try:
            sent = client.imports.create(project.slug, file=path)
            _stored_by_job(project, sent.id)
            client.imports.wait(project.slug, sent.id)
        except ApiError as error:
            return Said(error.status, str(error))
        except ImportRefusedError as error:
            return Said(422, str(error))
    return Said(200, "")


DOORS = {
    "page, prompts": Door(_page("prompts/import", PromptUpload), _prompt, _prompts),
    "page, labels": Door(_page("prompts/import", PromptUpload), _pair, _prompts),
    "page, gold tasks": Door(_page("golds/upload", GoldUpload), _gold, _prompts, parquet=False),
    "page, corpora": Door(_page("corpora"), _of_corpus, _corpora, tables=False, parquet=False),
    "API, prompts": Door(_api("imports"), _prompt, _prompts),
    "API, labels": Door(_api("imports"), _pair, _prompts),
    "API, corpora": Door(_api("corpora"), _of_corpus, _corpora, tables=False, parquet=False),
    "client, labels": Door(_client, _pair, _prompts),
}
