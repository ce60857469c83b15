"""Pushing a model, and with it the card that says where it comes from."""

from registry import hub
from registry.models import ModelVersion
from registry.services import local_folder
from rounds.pushing.card import card_of


def push(version: ModelVersion, *, repo: str, is_public: bool = False) -> str:
    """Commit its files and its card to `repo`, which is owner/name; the address of the commit.

    MissingFilesError and JobFailedError where its files are not here whole, HubError where the
    server does not take them.
    """
    folder = local_folder(version)
    return hub.push(
        folder,
        sorted(version.manifest),
        repo=repo,
        card=card_of(version, folder),
        message=f"{version.name} ({version.sha256[:12]})",
        is_public=is_public,
    )
