"""Questions to a server, many at a time, in threads that do not keep a process that is to end."""

import queue
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Generic, Self, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Asking(Generic[Question, Answer]):
    """Within its block `ask` is called on each question; `stopped` is set when the block ends."""

    def __init__(
        self,
        questions: Iterable[Question],
        ask: Callable[[Question, threading.Event], Answer],
        *,
        at_once: int,
    ) -> None:
        self._ask = ask
        self._waiting: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._answered: queue.SimpleQueue[tuple[Question, Answer | Exception]] = queue.SimpleQueue()
        for question in questions:
            self._waiting.put(question)
        self.left = self._waiting.qsize()
        self._threads = min(self.left, at_once)
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        for _ in range(self._threads):
            threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopped.set()

    def take(self, *, seconds: float) -> tuple[Question, Answer] | None:
        """One that is answered; None where there is none for so long. Raises what asking raised."""
        try:
            question, answer = self._answered.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(answer, Exception):
            raise answer
        self.left -= 1
        return question, answer

    def _work(self) -> None:
        while not self.stopped.is_set():
            try:
                question = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self._answered.put((question, self._ask(question, self.stopped)))
            except Exception as error:
                self._answered.put((question, error))
