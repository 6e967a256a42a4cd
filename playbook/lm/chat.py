"""SmolLM2 run by llama.cpp: answers to a prompt, and an OpenAI-compatible server for any client."""

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from playbook import inputs
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from xllamacpp import Server


@dataclass(frozen=True)
class Endpoint:
    """Where a server listens: chat completions are at `url + "/v1/chat/completions"`."""

    url: str


@dataclass(frozen=True)
class Reply:
    """What a model said, and whether it ended by itself or was cut at `max_tokens`."""

    text: str
    ended: bool


def generate(
    prompt: str,
    *,
    system: str | None = None,
    max_tokens: int = 128,
    temperature: float = 0.0,
    seed: int = 0,
    stop: Sequence[str] = (),
) -> str:
    """Answer a prompt through the chat template; `system` replaces the template's own system text.

    At temperature 0 each token is the most likely one and the answer always the same; above, `seed` decides.
    The answer ends at the model's end of turn, before the first of the `stop` strings or after `max_tokens`.
    Raises PlaybookError for an empty prompt and for one longer than the context of 8,192 tokens.
    """
    if not prompt.strip():
        raise PlaybookError("the prompt is empty: write what the model should answer.")
    if max_tokens < 1 or temperature < 0:
        raise PlaybookError(
            f"max_tokens is 1 or more and temperature not below 0, got {max_tokens} and {temperature}."
        )
    turns = [{"role": "user", "content": prompt}]
    messages = [{"role": "system", "content": system}, *turns] if system is not None else turns
    return answer(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop).text


def answer(
    messages: Sequence[dict[str, str]],
    *,
    max_tokens: int = 128,
    temperature: float = 0.0,
    seed: int = 0,
    stop: Sequence[str] = (),
) -> Reply:
    """Answer a conversation: messages with a `role` (system, user, assistant) and `content`."""
    request = {
        "messages": list(messages),
        "max_tokens": max_tokens,
        "temperature": temperature,
        "seed": seed,
        "stop": [stop] if isinstance(stop, str) else list(stop),
    }
    try:
        json.dumps(request, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which llama.cpp's binding refuses in several ways
        raise PlaybookError(
            "the prompt is not valid Unicode: decode it with the encoding it was written in."
        ) from None
    reply = _engine().handle_chat_completions(request)
    if "error" in reply:
        raise PlaybookError(f"llama.cpp refused the prompt: {reply['error']['message']}: shorten it.")
    choice = reply["choices"][0]
    return Reply(choice["message"]["content"], choice["finish_reason"] == "stop")


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 8080) -> Iterator[Endpoint]:
    """Run an OpenAI-compatible server for the length of a `with` block; port 0 takes any free one.

    `with serve(port=0) as server:` gives `server.url`. Raises PlaybookError when the port is taken.
    """
    try:
        socket.create_server((host, port)).close()
    except (OSError, OverflowError) as error:
        raise PlaybookError(
            f"cannot listen on {host}:{port} ({error}): choose another port, or 0 for any free one."
        ) from None
    server = _start(host, port)
    try:
        yield Endpoint(server.listening_address)
    finally:
        del server  # the last reference: llama.cpp stops listening


@cache
def _engine() -> "Server":
    return _start("127.0.0.1", 0)


def _start(host: str, port: int) -> "Server":
    # threads spin for moments and then sleep: by default a second busy program makes llama.cpp 10 times
    # slower, and without any spinning it is half as fast alone
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(inputs.path("smollm2"))
    params.hostnames, params.port = [host], port
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count()
    params.model_alias = {"SmolLM2-135M-Instruct"}
    params.verbosity = -1
    # the same prompt gives the same answer only if no part of an earlier one is taken over
    params.cache_prompt, params.cache_ram_mib = False, 0
    # a server for programs: no web page, no look into other people's prompts
    params.ui = params.endpoint_slots = False
    try:
        with quiet():
            server = Server(params)
            # a server that stops before its first request hangs (xllamacpp 2026.10): give it one
            server.handle_completions({"prompt": "Hello", "max_tokens": 1})
    except RuntimeError as error:
        raise PlaybookError(
            f"llama.cpp cannot serve {params.model.path} on {host}:{port} ({error})."
        ) from None
    return server
