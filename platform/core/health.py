"""Whether the servers that we need answer: said within a second, whatever they do."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError

from core.broker import broker_link, connect

logger = logging.getLogger(__name__)

WITHIN = 0.8  # seconds that anybody waits for an answer
RECENT = 10.0  # seconds for which an answer is good enough for a banner


class Probe:
    """A question that may never be answered, asked by one thread of its own at a time."""

    def __init__(self, name: str, ask: Callable[[], bool]) -> None:
        self._name, self._ask = name, ask
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self._asked: Future[bool] | None = None
        self._last = True

    def answers(self, until: float | None = None) -> bool:
        """Asked now; a server that has not answered the question before has not answered."""
        asked, until = self.begin(), until or time.monotonic() + WITHIN
        try:
            return asked.result(timeout=max(until - time.monotonic(), 0))
        except FutureTimeoutError:
            logger.warning("the %s does not answer", self._name)
            return False

    def answered(self) -> bool:
        """What is known of late, without waiting; the first answer is taken to be yes."""
        if time.monotonic() - self._asked_at > RECENT:
            self.begin()
        asked = self._asked
        if asked is not None and asked.done():
            self._last = asked.result()
        elif time.monotonic() - self._asked_at > WITHIN:
            self._last = False
        return self._last

    def begin(self) -> "Future[bool]":
        """Ask, if nobody is asking."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked, self._asked_at = Future(), time.monotonic()
                threading.Thread(target=self._run, args=[self._asked], daemon=True).start()
            return self._asked

    def _run(self, asked: "Future[bool]") -> None:
        try:
            asked.set_result(self._ask())
        except Exception:
            logger.exception("the %s could not be asked", self._name)
            asked.set_result(False)


def _ask_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("the database does not answer: %s", error)
        return False
    finally:
        connection.close()  # this thread's own
    return True


def _ask_broker() -> bool:
    with broker_link() as link:
        try:
            connect(link)
        except (BrokerError, OSError) as error:
            logger.warning("the broker does not answer: %s", error)
            return False
    return True


database = Probe("database", _ask_database)
broker = Probe("broker", _ask_broker)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether work can be taken: 503 without a database; without a broker labeling goes on."""
    until = time.monotonic() + WITHIN
    for probe in (database, broker):
        probe.begin()
    answers = {"database": database.answers(until), "broker": broker.answers(until)}
    status = "down" if not answers["database"] else "ok" if answers["broker"] else "degraded"
    return JsonResponse({"status": status, **answers}, status=200 if answers["database"] else 503)


ADDRESSES = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers before sessions and languages are read: neither database nor cookie matters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Health; every other request goes on."""
        view = ADDRESSES.get(request.path_info) if request.method in {"GET", "HEAD"} else None
        return view(request) if view else self.get_response(request)
