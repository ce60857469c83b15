"""Operations on webhooks. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.webhooks import (
    Webhook,
    WebhookMade,
    WebhookMessage,
    WebhookReplayed,
    WebhookSecret,
)


class WebhooksApi(Resource):
    """Webhooks: add, change, list, list messages, read, remove, replay, rotate, test."""

    def list(self, project: str) -> Iterator[Webhook]:
        """List webhooks.

        The newest first.
        """
        return self._pages(Webhook, at("/projects/{project}/webhooks", project=project), size=200)

    def add(
        self,
        project: str,
        *,
        url: str,
        events: Sequence[
            Literal["annotation.submitted", "round.complete", "run.ended", "model.promoted"]
        ],
    ) -> WebhookMade:
        """Add a webhook.

        Keep its secret: messages are verified with it, as docs/webhooks.md says.

        url: The address that messages are posted to, with https.

        events: Of what it is told, one at least: annotation.submitted, round.complete, run.ended,
        model.promoted.
        """
        return self._ask(
            WebhookMade,
            "POST",
            at("/projects/{project}/webhooks", project=project),
            json=given(url=url, events=events),
        )

    def read(self, project: str, webhook: int) -> Webhook:
        """Read a webhook.

        Without its secret: a new one can be made.
        """
        return self._ask(
            Webhook,
            "GET",
            at("/projects/{project}/webhooks/{webhook}", project=project, webhook=webhook),
        )

    def change(
        self,
        project: str,
        webhook: int,
        *,
        url: str | None = UNSET,
        events: Sequence[
            Literal["annotation.submitted", "round.complete", "run.ended", "model.promoted"]
        ]
        | None = UNSET,
        on: bool | None = UNSET,
    ) -> Webhook:
        """Change a webhook, or switch it on or off.

        While it is off, what happens is not noted for it.

        url: The address that messages are posted to, with https.

        events: Of what it is told, one at least: annotation.submitted, round.complete, run.ended,
        model.promoted.

        on: Whether anything is sent there.
        """
        return self._ask(
            Webhook,
            "PATCH",
            at("/projects/{project}/webhooks/{webhook}", project=project, webhook=webhook),
            json=given(url=url, events=events, on=on),
        )

    def remove(self, project: str, webhook: int) -> None:
        """Remove a webhook with its log.

        What waited for it is not sent.
        """
        self._transport.json(
            "DELETE", at("/projects/{project}/webhooks/{webhook}", project=project, webhook=webhook)
        )

    def rotate(self, project: str, webhook: int) -> WebhookSecret:
        """Make a new secret.

        The one before signs too for 24 hours.
        """
        return self._ask(
            WebhookSecret,
            "POST",
            at("/projects/{project}/webhooks/{webhook}/secret", project=project, webhook=webhook),
        )

    def list_messages(self, project: str, webhook: int) -> Iterator[WebhookMessage]:
        """List what was sent.

        The newest first, each with its tries; of the last 30 days.
        """
        return self._pages(
            WebhookMessage,
            at("/projects/{project}/webhooks/{webhook}/messages", project=project, webhook=webhook),
            size=200,
        )

    def test(self, project: str, webhook: int) -> WebhookMessage:
        """Send a test message.

        It says nothing but that it arrives, within some seconds.
        """
        return self._ask(
            WebhookMessage,
            "POST",
            at("/projects/{project}/webhooks/{webhook}/messages", project=project, webhook=webhook),
        )

    def replay(
        self,
        project: str,
        webhook: int,
        *,
        message: int | None = UNSET,
        failed_since: datetime | None = UNSET,
    ) -> WebhookReplayed:
        """Send messages again.

        With the `webhook-id` that they had, by which receivers know them.

        message: One message, by its id.

        failed_since: All that failed since this time, which has a zone.
        """
        return self._ask(
            WebhookReplayed,
            "POST",
            at("/projects/{project}/webhooks/{webhook}/replay", project=project, webhook=webhook),
            json=given(message=message, failed_since=failed_since),
        )
