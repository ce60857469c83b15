"""A model on the Hugging Face Hub, or on a server that speaks as it does.

HF_ENDPOINT says where (else https://huggingface.co), HF_TOKEN who.
"""

import os
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from core.errors import HubError

HUB = "https://huggingface.co"
CARD = "README.md"
# What another version left in the repository must not be read beside the files of this one.
OURS = ("*.safetensors", "*.safetensors.index.json", "*.jinja", "preamble.json")


def push(
    folder: Path, names: Sequence[str], *, repo: str, card: str, message: str, is_public: bool
) -> str:
    """Commit the files `names` of `folder` and the card to `repo`; the address of the commit.

    repo: owner/name; where there is none it is made, and private unless `is_public`. All files
    come in one commit. HubError where that cannot be.
    """
    where = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")
    if where != HUB:  # few servers beside the Hub know its newer way of uploading; LFS they all do
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    try:
        import huggingface_hub  # noqa: PLC0415  after the setting
        from huggingface_hub import errors  # noqa: PLC0415
    except ImportError as error:
        raise HubError("Install the library first: pip install 'rondo-rlhf[hub]'") from error
    api = huggingface_hub.HfApi(endpoint=where, token=os.environ.get("HF_TOKEN"))
    try:
        api.create_repo(repo, private=not is_public, exist_ok=True)
        changes = [
            *(huggingface_hub.CommitOperationDelete(name) for name in _left(api, repo, names)),
            *(huggingface_hub.CommitOperationAdd(n, folder / n) for n in names if n != CARD),
            huggingface_hub.CommitOperationAdd(CARD, card.encode()),
        ]
        return str(api.create_commit(repo, changes, commit_message=message).commit_url)
    except errors.HfHubHTTPError as error:
        raise HubError(_refused(where, error)) from error
    except (errors.HTTPError, OSError, RuntimeError) as error:  # the first: its HTTP library's
        cause = error.__cause__ or error
        raise HubError(f"{where} does not answer as the Hub does: {cause}") from error
    except ValueError as error:
        raise HubError(f"It cannot be pushed: {error}") from error


def _left(api: Any, repo: str, names: Sequence[str]) -> list[str]:
    there = api.list_repo_files(repo)
    return [n for n in there if n not in names and any(fnmatch(n, own) for own in OURS)]


def _refused(where: str, error: Any) -> str:
    status = error.response.status_code
    hint = " Set HF_TOKEN to a token that may write there." if status in {401, 403} else ""
    return f"{where} refuses with {status}: {error.server_message or error}.{hint}"
