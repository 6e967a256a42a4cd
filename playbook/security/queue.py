"""One language model, many callers: they wait in line, and a line that is too long is refused."""

import threading
from collections.abc import Callable

import anyio
import anyio.to_thread
from starlette.exceptions import HTTPException

from playbook.errors import PlaybookError
from playbook.lm.chat import Reply


class Queue:
    """Runs `answer` in a thread, one call at a time; refuses with 503 when `waiting` calls are in line.

    A caller who has given up leaves a call behind that still has to end: it keeps its place until then.
    """

    def __init__(self, answer: Callable[[list[dict[str, str]], int], Reply], waiting: int) -> None:
        self._answer, self._turn = answer, threading.Lock()
        self._places = threading.Semaphore(waiting)
        # a thread for each place and one to spare: a call that has its place never waits for a thread
        self._threads = anyio.CapacityLimiter(2 * waiting)

    async def __call__(self, messages: list[dict[str, str]], max_tokens: int) -> Reply:
        """Give the model's answer; 422 where it refuses the conversation."""
        if not self._places.acquire(blocking=False):
            raise HTTPException(503, "the model is busy: try again in a moment", {"Retry-After": "5"})
        try:
            return await anyio.to_thread.run_sync(
                self._run, messages, max_tokens, abandon_on_cancel=True, limiter=self._threads
            )
        except PlaybookError:
            raise HTTPException(422, "the model cannot take this conversation: shorten it") from None

    def _run(self, messages: list[dict[str, str]], max_tokens: int) -> Reply:
        try:
            with self._turn:
                return self._answer(messages, max_tokens)
        finally:
            self._places.release()
