"""Files that are kept until they are stored."""

from io import BytesIO

import pytest
from django.db import connection

from accounts.models import User
from labeling import uploads
from labeling.models import Project, PromptUpload, UploadPart
from labeling.uploads import keep_upload, opened
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("kitchen")


@pytest.fixture
def mona() -> User:
    return make_user("Mona")


@pytest.mark.parametrize(
    ("raw", "parts"), [(b"", []), (b"abc", [b"abc"]), (b"abcd" * 2 + b"e", [b"abcd"] * 2 + [b"e"])]
)
def test_a_file_comes_back_as_it_was_whatever_its_size(
    raw: bytes, parts: list[bytes], project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PART", 4)
    file = BytesIO(raw)
    file.read(2)  # somebody has looked at it

    upload = keep_upload(project=project, file=file, name="eggs.jsonl", by=mona)

    kept = UploadPart.objects.order_by("number").values_list("content", flat=True)
    assert (upload.size, [bytes(content) for content in kept]) == (len(raw), parts)
    with opened(upload) as again:
        again.seek(0)
        assert again.read() == raw


def test_its_parts_go_with_it_unread(project: Project, mona: User) -> None:
    upload = keep_upload(project=project, file=BytesIO(b"{}"), name="eggs.jsonl", by=mona)
    with connection.execute_wrapper(_refuse_reading):
        PromptUpload.objects.filter(pk=upload.pk).delete()

    assert not UploadPart.objects.exists()


def _refuse_reading(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
    assert '"content"' not in sql
    return execute(sql, params, many, context)
