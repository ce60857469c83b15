"""Sending what is due: again and again over about a day, as the specification recommends."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from core.locks import held
from webhooks import posting, secrets, told
from webhooks.models import Attempt, Delivery, Endpoint, Problem
from webhooks.posting import Answer
from webhooks.watching import note_complete_rounds

# Between one try and the next: the last one comes 27 hours after the first.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
JITTER = 0.1  # of a wait, up or down
PATIENCE = timedelta(days=5)  # with an endpoint that fails each time
AT_ONCE = 16
OF_EACH = 4  # endpoint, among them
CLAIMED = timedelta(minutes=2)  # then a try that ended with its process is made again
PASS_SECONDS = 20.0  # and what is left waits for the next pass: there is other work


def send_due() -> int:
    """Send what is due and return how many tries that were; nothing while another pass sends."""
    tries, ends = 0, time.monotonic() + PASS_SECONDS
    with held("webhooks") as is_alone:
        if not is_alone:
            return 0
        note_complete_rounds()
        while time.monotonic() < ends and (batch := claim()):
            with ThreadPoolExecutor(len(batch)) as pool:
                answers = list(pool.map(_send, batch))
            for delivery, answer in zip(batch, answers, strict=True):
                record(delivery, answer)
            tries += len(batch)
    return tries


def claim() -> list[Delivery]:
    """Those whose turn it is, noted as tried: whoever dies now has them tried again later."""
    turns = list(Delivery.objects.due_by_turns(each=OF_EACH)[:AT_ONCE])
    mine = Delivery.objects.filter(pk__in=[row.pk for row in turns])
    mine.due().update(due_at=Now() + CLAIMED, tries=F("tries") + 1)
    return list(mine.select_related("endpoint", "event").order_by("pk"))


def _send(delivery: Delivery) -> Answer:
    """Without a look at the database: this is another thread."""
    endpoint, event, now = delivery.endpoint, delivery.event, timezone.now()
    usable = [secrets.secret_of(endpoint.seed)]
    if secrets.fingerprint(usable[0]) != endpoint.fingerprint:
        return Answer(milliseconds=0, problem=Problem.KEY_CHANGED)
    if endpoint.old_seed and endpoint.old_until and now < endpoint.old_until:
        usable.append(secrets.secret_of(endpoint.old_seed))
    signed = secrets.headers(event.key, event.body, usable, at=now)
    always = {"content-type": "application/json", "user-agent": "Rondo"}
    return posting.post(endpoint.url, event.body, always | signed)


@transaction.atomic
def record(delivery: Delivery, answer: Answer) -> None:
    """Write down what came of a try, and what follows from it."""
    found = Endpoint.objects.select_for_update(no_key=True).filter(pk=delivery.endpoint_id)
    endpoint = found.first()
    if endpoint is None:
        return  # removed meanwhile, with its log
    Attempt.objects.create(
        delivery=delivery,
        status=answer.status,
        problem=answer.problem,
        answer=answer.beginning,
        milliseconds=answer.milliseconds,
    )
    row = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if answer.is_good:
        row.update(state=Delivery.State.DELIVERED)
        Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
    elif delivery.tries > len(WAITS):
        row.update(state=Delivery.State.FAILED)
    else:
        row.update(due_at=Now() + _wait(delivery.tries))
    if not answer.is_good:
        _failed(endpoint, answer)


def _wait(tries: int) -> timedelta:
    """After so many tries. Those that failed together do not all come again together."""
    return WAITS[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret


def _failed(endpoint: Endpoint, answer: Answer) -> None:
    """Note since when it fails, and switch it off where it will not do better."""
    now = timezone.now()
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if endpoint.off:
        return
    if answer.status == posting.GONE:
        switch_off(endpoint, Endpoint.Off.GONE)
    elif now - endpoint.failing_since >= PATIENCE:
        switch_off(endpoint, Endpoint.Off.FAILING)


def switch_off(endpoint: Endpoint, why: Endpoint.Off) -> None:
    """Send nothing more there; what waits has failed, and may be replayed. Managers are told."""
    endpoint.off = why
    endpoint.save(update_fields=["off"])
    endpoint.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.FAILED)
    told.of_switched_off(endpoint)
