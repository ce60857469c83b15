"""Files of stored folders by API: their list, whole and in part."""

import base64
import hashlib

import pytest
from django.http import HttpResponse

from registry import store
from rounds.models import Snapshot
from tests.api.caller import Caller
from tests.rounds.world import World
from training.contract import manifest

CONTENT = bytes(range(256)) * 8192  # two pieces


@pytest.fixture
def path(world: World) -> str:
    """Of a file of the policy."""
    folder = store.path_of(world.policy.uri)
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(CONTENT)
    world.policy.manifest = dict(manifest.scan(folder))
    world.policy.save()
    return f"models/{world.policy.pk}/files/model.safetensors"


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_file_comes_with_its_sums(mona: Caller, path: str, world: World) -> None:
    sha256 = hashlib.sha256(CONTENT)
    response = mona("get", path)

    assert (response.status_code, body(response)) == (200, CONTENT)
    assert {name: response[name] for name in ("ETag", "Repr-Digest", "Content-Length")} == {
        "ETag": f'"{sha256.hexdigest()}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:",
        "Content-Length": str(len(CONTENT)),
    }
    name = f"kitchen-model-{world.policy.pk}-model.safetensors"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    one = {"name": "model.safetensors", "size": len(CONTENT), "sha256": sha256.hexdigest()}
    listed = mona.get(path.rpartition("/")[0])
    assert listed == {"sha256": world.policy.sha256, "files": [one]}


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1048570-1048580", 1048570, 1048581),  # over the edge of a piece
        ("bytes=2097000-", 2097000, 2097152),
        ("bytes=-10", 2097142, 2097152),
        ("bytes=5-99999999", 5, 2097152),
        ("bytes=-99999999", 0, 2097152),
    ],
)
def test_a_part_is_the_one_that_is_asked_for(
    mona: Caller, path: str, asked: str, start: int, end: int
) -> None:
    response = mona("get", path, headers={"Range": asked})

    assert (response.status_code, body(response)) == (206, CONTENT[start:end])
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert response["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=2097152-", "bytes=-0", "bytes=9999999999-"])
def test_a_part_beyond_the_end_is_refused(mona: Caller, path: str, asked: str) -> None:
    response = mona("get", path, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
    assert response.json()["type"] == "no_such_part"


@pytest.mark.parametrize("asked", ["bytes=-", "items=0-5", "bytes=0-1,4-5", "bytes=x"])
def test_what_is_no_single_range_gets_the_whole_file(mona: Caller, path: str, asked: str) -> None:
    response = mona("get", path, headers={"Range": asked})
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_a_download_that_was_cut_goes_on_only_in_the_same_file(mona: Caller, path: str) -> None:
    whole = mona("get", path)
    etag = whole["ETag"]
    same = mona("get", path, headers={"Range": "bytes=5-", "If-Range": etag})
    other = mona("get", path, headers={"Range": "bytes=5-", "If-Range": '"another"'})
    known = mona("get", path, headers={"If-None-Match": f'"other", {etag}'})

    assert [body(each) for each in (same, other, whole)] == [CONTENT[5:], CONTENT, CONTENT]
    assert [each.status_code for each in (same, other, known)] == [206, 200, 304]
    assert (known.content, known["ETag"]) == (b"", etag)


@pytest.mark.parametrize("name", ["nothing.bin", "../model.safetensors", "MANIFEST.json"])
def test_only_files_of_the_manifest_are_given(mona: Caller, path: str, name: str) -> None:
    assert mona("get", f"{path.rpartition('/')[0]}/{name}").status_code == 404


def test_a_file_that_is_not_as_it_was_stored_is_not_given(
    mona: Caller, path: str, world: World
) -> None:
    file = store.path_of(world.policy.uri) / "model.safetensors"
    file.write_bytes(b"cut")
    short = mona("get", path)
    file.unlink()
    gone = mona("get", path)

    assert [(each.status_code, each.json()["type"]) for each in (short, gone)] == [
        (503, "missing_files"),
        (503, "missing_files"),
    ]


def test_snapshots_and_corpora_have_files_too(mona: Caller, world: World) -> None:
    snapshot = Snapshot.objects.get()
    listed = mona.get(f"snapshots/{snapshot.pk}/files")["files"]

    assert [each["name"] for each in listed] == [
        "demonstrations.parquet",
        "prompts.parquet",
        "rankings.parquet",
    ]
    for each in listed:
        found = body(mona("get", f"snapshots/{snapshot.pk}/files/{each['name']}"))
        assert (len(found), hashlib.sha256(found).hexdigest()) == (each["size"], each["sha256"])
