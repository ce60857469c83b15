"""Operations on prompts. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.prompts import Prompt, PromptRestored, PromptsAdded


class PromptsApi(Resource):
    """Prompts: add, change rubric, edit, list, read, restore, withdraw."""

    def list(
        self,
        project: str,
        *,
        q: str | None = None,
        split: str | None = None,
        language: str | None = None,
        use_case: str | None = None,
        source: str | None = None,
        metadata: str | None = None,
        imported: int | None = None,
        author: int | None = None,
    ) -> Iterator[Prompt]:
        """List prompts.

        Those that fit all that is asked, the newest first.

        q: Their last message contains it.

        split: `train` or `heldout`.

        language: The tag of their language: `en`.

        use_case: One use case only.

        source: Where they are from, as `source` says it.

        metadata: `key = value`, or `key` with any value.

        imported: The id of an import.

        author: The id of who proposed it.
        """
        return self._pages(
            Prompt,
            at("/projects/{project}/prompts", project=project),
            size=200,
            params={
                "q": q,
                "split": split,
                "language": language,
                "use_case": use_case,
                "source": source,
                "metadata": metadata,
                "imported": imported,
                "author": author,
            },
        )

    def add(
        self,
        project: str,
        *,
        prompts: Sequence[Mapping[str, Any]],
        source: str = UNSET,
        heldout_percent: int = UNSET,
    ) -> PromptsAdded:
        """Add prompts.

        All or none. What is new is one import, which can be undone as that of a file.

        prompts: Each as a line of a file (docs/prompt-files.md): `prompt` or `messages`, and what
        else is known of it.

        source: Of those that name none themselves.

        heldout_percent: How many of those that name no split are held out.
        """
        return self._ask(
            PromptsAdded,
            "POST",
            at("/projects/{project}/prompts", project=project),
            json=given(prompts=prompts, source=source, heldout_percent=heldout_percent),
        )

    def read(self, project: str, prompt: int) -> Prompt:
        """Read a prompt.

        With all that its file said of it.
        """
        return self._ask(
            Prompt,
            "GET",
            at("/projects/{project}/prompts/{prompt}", project=project, prompt=prompt),
        )

    def edit(
        self,
        project: str,
        prompt: int,
        *,
        texts: Sequence[str] | None = UNSET,
        language: str | None = UNSET,
        use_case: str | None = UNSET,
        content_warning: bool | None = UNSET,
    ) -> Prompt:
        """Put a prompt right.

        Its texts stay once anything has been made of them; a warning may always be set.

        texts: One for each of its messages, in order.

        language: Its tag, as `en`; at most 10 characters.

        use_case: At most 40 characters; empty for none.

        content_warning: Whether people are warned before they see it.
        """
        return self._ask(
            Prompt,
            "PATCH",
            at("/projects/{project}/prompts/{prompt}", project=project, prompt=prompt),
            json=given(
                texts=texts, language=language, use_case=use_case, content_warning=content_warning
            ),
        )

    def change_rubric(
        self, project: str, prompt: int, *, items: Sequence[Mapping[str, Any]], before: str
    ) -> Prompt:
        """Give a prompt another rubric.

        Or none, by an empty list. It stays once people have begun to grade by it.

        items: Each with `text` and `points`, below 0 for what is bad; empty for no rubric.

        before: The `rubric_seal` of the prompt that the change began from.
        """
        return self._ask(
            Prompt,
            "PUT",
            at("/projects/{project}/prompts/{prompt}/rubric", project=project, prompt=prompt),
            json=given(items=items, before=before),
        )

    def withdraw(self, project: str, prompt: int) -> None:
        """Withdraw a prompt.

        Nobody is asked about it any more, no model trains on it; labels that it has stay.
        """
        self._transport.json(
            "POST",
            at("/projects/{project}/prompts/{prompt}/withdraw", project=project, prompt=prompt),
        )

    def restore(self, project: str, prompt: int) -> PromptRestored:
        """Use a withdrawn prompt again.

        Its tasks stay withdrawn until they are opened again.
        """
        return self._ask(
            PromptRestored,
            "POST",
            at("/projects/{project}/prompts/{prompt}/restore", project=project, prompt=prompt),
        )
