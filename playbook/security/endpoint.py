"""The founder's own model behind an OpenAI-compatible endpoint, asked politely and never trusted."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from playbook.lm import Reply
    from playbook.security.prompts import Answer

TRIES, LONGEST_WAIT, BYTES = 4, 20.0, 1_000_000


def connect(
    url: str, model: str = "default", key_variable: str = "PLAYBOOK_KEY", seconds: float = 60
) -> "Answer":
    """Give a function that asks the endpoint at `url`, such as http://127.0.0.1:8080/v1.

    key_variable: the environment variable that holds the key, if there is one; the key is in no error. A rate
    limit (429) or a busy server (503) is waited for, at most three times. Raises PlaybookError, from the
    function, when the endpoint is down, slow, keeps refusing, or answers what is no chat completion.
    """
    import httpx

    if not url.startswith(("http://", "https://")):
        raise PlaybookError(f"{url} is no endpoint: write it as http://127.0.0.1:8080/v1.")
    key = os.environ.get(key_variable)
    client = httpx.Client(timeout=seconds, headers={"Authorization": f"Bearer {key}"} if key else {})
    where = f"{url.rstrip('/')}/chat/completions"

    def answer(messages: list[dict[str, str]], max_tokens: int) -> "Reply":
        body = {"model": model, "messages": messages, "max_tokens": max_tokens, "temperature": 0}
        for attempt in range(TRIES):
            try:
                response = client.post(where, json=body)
            except httpx.TimeoutException:
                raise PlaybookError(
                    f"{url} gave no answer within {seconds:g} s: try a longer time."
                ) from None
            except httpx.HTTPError as error:
                kind = type(error).__name__
                raise PlaybookError(f"{url} does not answer ({kind}): is the server running?") from None
            if response.status_code not in (429, 503) or attempt == TRIES - 1:
                return _reply(url, response)
            time.sleep(_wait(response.headers.get("retry-after", ""), attempt))
        raise AssertionError("the last attempt returns")

    return answer


@contextmanager
def service(url: str = "") -> Iterator["Answer"]:
    """Give what answers at `url`; without one, SmolLM2 behind llama.cpp's own server on loopback."""
    if url:
        yield connect(url)
        return
    from playbook import lm

    with lm.serve(port=0) as server:
        yield connect(f"{server.url}/v1")


def _wait(asked: str, attempt: int) -> float:
    seconds = float(asked) if asked.replace(".", "", 1).isdigit() else 2.0**attempt
    return min(seconds, LONGEST_WAIT)


def _reply(url: str, response: Any) -> "Reply":  # noqa: ANN401 - httpx is imported where it is used
    from playbook.lm import Reply

    status = response.status_code
    if status in (401, 403):
        raise PlaybookError(f"{url} refuses the key ({status}): set PLAYBOOK_KEY to one that may ask.")
    if status == 429:
        raise PlaybookError(f"{url} limits the rate (429) and does not let up: run again later.")
    if status != 200 or len(response.content) > BYTES:
        raise PlaybookError(
            f"{url} answers with status {status} and {len(response.content):,} bytes: look there."
        )
    try:
        choice = response.json()["choices"][0]
        return Reply(str(choice["message"]["content"] or ""), choice.get("finish_reason") != "length")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise PlaybookError(
            f"{url} does not answer with a chat completion: is it OpenAI-compatible?"
        ) from None
